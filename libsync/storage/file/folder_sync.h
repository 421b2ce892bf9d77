// Makes the entries of a folder durable, once for all who ask for it at about the same time.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace lakeferry {

// Blocking; any thread. Folders are told apart by what they are, not by descriptors.
class FolderSyncs {
 public:
  // `sync`: 0, or the errno with which it failed.
  explicit FolderSyncs(std::function<int(int folder_fd)> sync) : sync_(std::move(sync)) {}

  // 0 after a sync of the folder that began after this was called, whoever ran it; or the errno of the caller's own.
  [[nodiscard]] int Sync(int folder_fd);

 private:
  using FolderId = std::pair<dev_t, ino_t>;
  struct Round {
    uint64_t asked = 0;   // how many have asked so far
    uint64_t synced = 0;  // of those, so many are served
    int waiting = 0;
    bool running = false;
  };
  int Await(int folder_fd, Round& round, std::unique_lock<std::mutex>& lock);

  const std::function<int(int)> sync_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::map<FolderId, Round> rounds_;
};

// By fsync, together with all others of this process.
[[nodiscard]] int SyncFolder(int folder_fd);

}  // namespace lakeferry
