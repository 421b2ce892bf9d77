#include "storage/file/batch_sync.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>

#include "storage/file/shared_sync.h"

namespace lakeferry {

// There may be a mount below a root.
bool BatchSyncs::OnOneDevice(std::span<const int> fds) const {
  const uint64_t first = calls_.device(fds.front());
  return std::ranges::all_of(fds, [&](int fd) { return calls_.device(fd) == first; });
}

bool BatchSyncs::Together(size_t news) {
  if (news < kMany) return false;
  const std::scoped_lock lock(mutex_);
  if (one_by_one_ == 0) return true;
  --one_by_one_;
  return false;
}

void BatchSyncs::NoteTogether(Millis took) {
  const std::scoped_lock lock(mutex_);
  if (took > kTooLong) one_by_one_ = kBatchesOneByOne;
}

std::vector<int> BatchSyncs::Sync(std::span<const int> fds, size_t news, std::span<const int> folders) {
  std::vector<int> errors(fds.size());
  if (!fds.empty() && Together(news) && OnOneDevice(folders)) {
    const Millis begin = calls_.now();
    const int failed = calls_.file_system(fds.front());
    NoteTogether(calls_.now() - begin);
    if (failed == 0) return errors;
    // It may be anybody's file that was lost: each says whether it is its own.
  }
  for (size_t i = 0; i < fds.size(); ++i) errors[i] = calls_.one(fds[i]);
  return errors;
}

namespace {

uint64_t FileSystemOf(int fd) {
  struct stat stat{};
  return ::fstat(fd, &stat) == 0 ? stat.st_dev : 0;
}

}  // namespace

std::vector<int> SyncBatch(std::span<const int> fds, size_t news, std::span<const int> folders) {
  static BatchSyncs syncs({.one = SyncItself, .file_system = SyncFileSystem, .device = FileSystemOf, .now = [] {
                             return std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch());
                           }});
  return syncs.Sync(fds, news, folders);
}

}  // namespace lakeferry
