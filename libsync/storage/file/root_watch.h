// RootWatch: opens a store's root folder, and notices when the file system that it was on is not there any more. An
// unmounted file system leaves an empty folder behind, which is not the store: nothing is there, but nothing was
// deleted either, and what would be written now would be found by nobody.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <optional>
#include <string>

#include "storage/file/unique_fd.h"

namespace lakeferry {

// As long as one is kept it remembers. Any number of threads may call it at once. Blocking.
class RootWatch {
 public:
  // The folder `root`, a link followed. Invalid with errno set: ENOENT where it is not there, on the file system where
  // it was or should be; ENODEV where that file system is not there.
  [[nodiscard]] UniqueFd Open(const std::string& root);

 private:
  std::mutex mutex_;
  std::optional<dev_t> device_;  // of the root when it was last seen
};

}  // namespace lakeferry
