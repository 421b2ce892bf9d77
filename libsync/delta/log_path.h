// Names in _delta_log as typed values (protocol: "Delta Log Entries", "Checkpoints"). Raw names travel no further.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace lakeferry::delta {

inline constexpr std::string_view kLogFolder = "_delta_log";
inline constexpr std::string_view kSidecarFolder = "_delta_log/_sidecars";
inline constexpr std::string_view kLastCheckpointName = "_last_checkpoint";

// An object of the log folder, as listed.
struct LogFile {
  std::string name;  // without folder
  int64_t size_bytes = 0;
  TimeMs modified;
  std::string etag = {};  // as the store lists it; empty where it does not
  bool operator==(const LogFile&) const = default;
};

enum class LogFileKind {
  kCommit,          // 20 digits .json
  kCheckpoint,      // classic, single file (V1 or V2 content)
  kCheckpointPart,  // classic, one of several
  kCheckpointV2,    // with a UUID, .parquet or .json
  kCompacted,       // never read, never copied: may bring removed files back
  kChecksum,        // .crc
  kLastCheckpoint,
  kIgnored,     // a name the protocol gives no meaning
  kSuspicious,  // numeric .json that is not 20 digits: engines would disagree on the table
};

struct ParsedLogName {
  LogFileKind kind = LogFileKind::kIgnored;
  Version version;   // of commits, checkpoints, checksums
  int32_t part = 0;  // 1-based; of kCheckpointPart
  int32_t parts = 0;
  bool json = false;  // of kCheckpointV2: JSON rather than Parquet
};

// Reads one name by the strict forms of the protocol. Never fails: what has no meaning is kIgnored.
[[nodiscard]] ParsedLogName ParseLogName(std::string_view name);

// "00000000000000000042.json". `version` must not be negative.
[[nodiscard]] std::string CommitName(Version version);
// The greatest name that sorts before every file of `version`: what to list after.
[[nodiscard]] std::string NameBefore(Version version);

}  // namespace lakeferry::delta
