// VendedCredential: what a catalog hands out so that the folder of one table can be read, or written, for a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/secret.h"
#include "base/time.h"

namespace lakeferry {

// Which service takes it, and how.
enum class VendedKind : uint8_t {
  kNone,             // nothing but a place: one that needs no credential
  kSessionKeys,      // S3: requests are signed
  kSharedSignature,  // Azure: it stands behind the address
  kEntraToken,       // Azure: a bearer token
  kGoogleToken,      // Google: likewise
};

// A value; copies share the secrets.
struct VendedCredential {
  VendedKind kind = VendedKind::kNone;
  std::string access_key_id = {};   // of session keys; names them and is no secret
  Secret secret = {};               // their key; the signature; the token
  Secret session_token = {};        // of session keys
  std::string access_point = {};    // of session keys that are good through that one alone; empty: through the bucket
  std::string scope = {};           // the URL below which it is good, as the catalog has it; empty where it says none
  std::optional<TimeMs> ends = {};  // by the wall clock; absent where the catalog does not say it
  // Texts are without the secrets as long as a copy lives (base/known_secrets.h). One for each that was handed out.
  std::shared_ptr<const void> hidden = {};
};

}  // namespace lakeferry
