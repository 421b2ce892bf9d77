// Makes a folder's entries, or a whole file system, durable, once for all who ask for it at about the same time.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace lakeferry {

// Blocking; any thread.
class SharedSyncs {
 public:
  // What is one and the same: the file or folder, whatever descriptor it is open by; or all of one file system.
  enum class Of { kItself, kFileSystem };

  // `sync`: 0, or the errno with which it failed.
  SharedSyncs(Of of, std::function<int(int fd)> sync) : of_(of), sync_(std::move(sync)) {}

  // 0 after a sync of it that began after this was called, whoever ran it; or the errno of the caller's own.
  [[nodiscard]] int Sync(int fd);

 private:
  using Id = std::pair<dev_t, ino_t>;
  struct Round {
    uint64_t asked = 0;   // how many have asked so far
    uint64_t synced = 0;  // of those, so many are served
    int waiting = 0;
    bool running = false;
  };
  int Await(int fd, Round& round, std::unique_lock<std::mutex>& lock);

  const Of of_;
  const std::function<int(int)> sync_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::map<Id, Round> rounds_;
};

// A file or folder by fsync, together with all others of this process that ask for it.
[[nodiscard]] int SyncItself(int fd);
// The file system that `fd` is on, likewise.
[[nodiscard]] int SyncFileSystem(int fd);

}  // namespace lakeferry
