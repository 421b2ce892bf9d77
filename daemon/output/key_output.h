// What `key` shows and has done, as text and JSON.
#pragma once

#include <string>
#include <vector>

#include "base/signature.h"
#include "daemon/output/group_answer.h"
#include "engine/tend/document_signer.h"

namespace lakeferry {

struct ShownKey {
  PublicKey key = PublicKey::FromRaw({});
  std::string place;                // of the private key
  std::vector<std::string> groups;  // that sign with it
};

[[nodiscard]] std::string ToJson(const std::vector<ShownKey>& keys);
// The public keys alone, one a line, as `trusted_keys` takes them.
[[nodiscard]] std::string ToText(const std::vector<ShownKey>& keys);

struct SignedGroup {
  Role role = Role::kSender;
  GroupAnswer<engine::SignReport> signing;
};

[[nodiscard]] std::string ToJson(const std::vector<SignedGroup>& groups);
[[nodiscard]] std::string ToText(const std::vector<SignedGroup>& groups);

}  // namespace lakeferry
