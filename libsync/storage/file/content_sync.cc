#include "storage/file/content_sync.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "storage/file/shared_sync.h"

namespace lakeferry {

bool ContentSyncs::Together(size_t files) {
  if (files < kMany) return false;
  const std::scoped_lock lock(mutex_);
  if (by_file_ == 0) return true;
  --by_file_;
  return false;
}

void ContentSyncs::NoteTogether(Millis took) {
  const std::scoped_lock lock(mutex_);
  if (took > kTooLong) by_file_ = kBatchesByFile;
}

std::vector<int> ContentSyncs::Sync(std::span<const int> fds) {
  std::vector<int> errors(fds.size());
  if (Together(fds.size())) {
    const Millis begin = calls_.now();
    const int failed = calls_.file_system(fds.front());
    NoteTogether(calls_.now() - begin);
    if (failed == 0) return errors;
    // It may be anybody's file that was lost: each says whether it is its own.
  }
  for (size_t i = 0; i < fds.size(); ++i) errors[i] = calls_.file(fds[i]);
  return errors;
}

std::vector<int> SyncContents(std::span<const int> fds) {
  static ContentSyncs syncs(
      {.file = [](int fd) { return ::fsync(fd) == 0 ? 0 : errno; },
       .file_system = SyncFileSystem,
       .now = [] { return std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch()); }});
  return syncs.Sync(fds);
}

}  // namespace lakeferry
