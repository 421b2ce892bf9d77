// Makes the contents of many new files durable: by one sync of their file system, which costs what a few files cost, as
// long as it does.
#pragma once

#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "base/time.h"

namespace lakeferry {

// Blocking; any thread.
class ContentSyncs {
 public:
  struct Calls {
    std::function<int(int fd)> file;         // 0, or the errno with which it failed
    std::function<int(int fd)> file_system;  // likewise; it waits for what others have written there, too
    std::function<Millis()> now;             // monotonic
  };
  // So many are worth the sync of a file system.
  static constexpr size_t kMany = 16;
  // Where one takes longer than this, somebody else writes much there: the next batches go file by file.
  static constexpr Millis kTooLong{500};
  static constexpr int kBatchesByFile = 64;

  explicit ContentSyncs(Calls calls) : calls_(std::move(calls)) {}

  // Files of one file system: for each 0, or the errno of its own.
  [[nodiscard]] std::vector<int> Sync(std::span<const int> fds);

 private:
  [[nodiscard]] bool Together(size_t files);
  void NoteTogether(Millis took);

  const Calls calls_;
  std::mutex mutex_;
  int by_file_ = 0;  // so many batches go file by file
};

// With the system's calls, for the whole process.
[[nodiscard]] std::vector<int> SyncContents(std::span<const int> fds);

}  // namespace lakeferry
