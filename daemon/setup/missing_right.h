// Which right a user lacks on the way to a file, as the system has it.
#pragma once

#include <sys/types.h>
#include <optional>
#include <string>

namespace lakeferry::setup {

enum class Right { kEnter, kRead, kWrite };

struct MissingRight {
  Right right = Right::kWrite;
  std::string path;  // what the right is missing on: a folder on the way, or the file itself
  std::string owner;
  std::string group;
  mode_t mode = 0;         // the lowest twelve bits
  bool read_only = false;  // the file system takes no writing at all
};

// The first thing on the way to `path` that this process may not enter; else what stands there, where it may not be
// read; else that, or the nearest folder above, where it may not be written. Absent where nothing of that is so, as an
// attribute or a rule of the file system may have it. `path` is absolute and need not be there.
[[nodiscard]] std::optional<MissingRight> MissingRightOn(const std::string& path);

}  // namespace lakeferry::setup
