// The receipt that answers an epoch, as a value (PROTOCOL.md section 5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace lakeferry::plan {

struct ReceiptTable {
  std::string name;
  Version source_version;
  std::optional<Version> replica_version;
  std::optional<Version> managed_version = {};  // of the managed table that was cloned from that; absent for none
  // Fingerprint of what the receiver found the replica's live files to come to; another one than the epoch's where a
  // replay has told so since.
  std::string live_set = {};
  std::string target = {};  // the URI of the replica: what the receipt speaks for
  bool operator==(const ReceiptTable&) const = default;
};

// What a refusal asks the sender for, by table names.
struct RefusalAsks {
  std::vector<std::string> restage_whole = {};    // their replicas lack what the epoch builds upon
  std::vector<std::string> replay_live_set = {};  // their replicas would come to something else than was carried
  bool operator==(const RefusalAsks&) const = default;
};

// The receiver's answer to one epoch.
struct Receipt {
  std::string group;
  Epoch epoch;
  std::string manifest_sha256;
  bool applied = true;  // false: refused
  std::string reason;   // of a refusal
  std::string kind;     // the ErrorCodeName of that, as the receiver knows it; for people
  TimeMs answered;
  int64_t files = 0;
  int64_t bytes = 0;
  int64_t worked_ms = 0;
  std::vector<ReceiptTable> tables;
  RefusalAsks asks = {};
  bool operator==(const Receipt&) const = default;
};

[[nodiscard]] std::string WriteReceipt(const Receipt& receipt);
// kCorruptLog.
[[nodiscard]] Result<Receipt> ReadReceipt(std::string_view text, std::string_view where);

}  // namespace lakeferry::plan
