// Makes many new files, or many new names, durable: by one sync of their file system, which costs what a few files
// cost, as long as it does. Contents of one batch and names of another are served by the same one.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "base/time.h"

namespace lakeferry {

// Blocking; any thread.
class BatchSyncs {
 public:
  struct Calls {
    std::function<int(int fd)> one;          // 0, or the errno with which it failed
    std::function<int(int fd)> file_system;  // likewise; it waits for what others have written there, too
    std::function<uint64_t(int fd)> device;  // on which it lies
    std::function<Millis()> now;             // monotonic
  };
  // So much is worth the sync of a file system.
  static constexpr size_t kMany = 16;
  // Where one takes longer than this, somebody else writes much there: the next batches go one by one.
  static constexpr Millis kTooLong{500};
  static constexpr int kBatchesOneByOne = 64;

  explicit BatchSyncs(Calls calls) : calls_(std::move(calls)) {}

  // Files or folders: for each 0, or the errno of its own. `news`: how many files or names are new in them.
  // `folders`: those that they lie in, or they themselves: they tell which file systems these are.
  [[nodiscard]] std::vector<int> Sync(std::span<const int> fds, size_t news, std::span<const int> folders);

 private:
  [[nodiscard]] bool OnOneDevice(std::span<const int> fds) const;
  [[nodiscard]] bool Together(size_t news);
  void NoteTogether(Millis took);

  const Calls calls_;
  std::mutex mutex_;
  int one_by_one_ = 0;  // so many batches go that way
};

// With the system's calls, for the whole process.
[[nodiscard]] std::vector<int> SyncBatch(std::span<const int> fds, size_t news, std::span<const int> folders);

}  // namespace lakeferry
