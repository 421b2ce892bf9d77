// What `lakeferry check` says of room on this machine's file systems: for the metadata store and what is written beside
// it, and for staging and replicas that lie here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "plan/group/finding.h"

namespace lakeferry {

// Of a file system, for this user.
struct DiskRoom {
  uint64_t device = 0;  // tells it from others
  int64_t free_bytes = 0;
  int64_t all_bytes = 0;
  int64_t free_files = 0;  // that can still be made
  int64_t all_files = 0;   // 0: the file system has no limit
};

// That of a folder, or of the nearest above it that is there; absent where none can be asked. Blocking.
[[nodiscard]] std::optional<DiskRoom> RoomAt(const std::string& folder);

// Of the metadata store: an error below 64 MiB, a warning below 1 GiB, for checkpoints of clones are written beside it.
// Else: an error below 64 MiB as well, a warning below a twentieth. Both: the same of files, with 1,000 and a fiftieth.
[[nodiscard]] std::optional<plan::Finding> JudgeRoom(const DiskRoom& room, bool metadata_store, const std::string& what,
                                                     const std::string& folder);

// Every file system that one of these roles writes to, once: an info that says the least room where all is well.
// Blocking.
[[nodiscard]] std::vector<plan::Finding> CheckDisks(const Config& config, const std::vector<Role>& roles);

}  // namespace lakeferry
