// LiveSetCheck: what came of the last comparison of a table's live files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"
#include "plan/record/role.h"

namespace lakeferry {

// What a comparison of a table's live files with those that its epoch says came to. What could not be compared is never
// the same.
enum class LiveSetResult { kSame, kDiffers, kNotChecked };
// "same", "differs", "not_checked".
[[nodiscard]] std::string_view LiveSetResultName(LiveSetResult result);
[[nodiscard]] std::optional<LiveSetResult> ParseLiveSetResult(std::string_view name);

// The last time that a role replayed a table whole and compared it so.
struct LiveSetCheck {
  Role role = Role::kSender;
  std::string group;
  std::string table;
  Epoch epoch;      // with whose manifest it was compared
  Version version;  // of the source (sender) or the replica (receiver)
  LiveSetResult result = LiveSetResult::kNotChecked;
  std::string reason;      // why it differs, or was not compared
  std::string found = {};  // fingerprint of the live files that the replay found; empty where it found none
  TimeMs checked;
  int64_t worked_ms = 0;

  bool operator==(const LiveSetCheck&) const = default;
};

}  // namespace lakeferry
