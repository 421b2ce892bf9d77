#include "storage/file/shared_sync.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace lakeferry {

int SharedSyncs::Sync(int fd) {
  struct stat stat{};
  if (::fstat(fd, &stat) != 0) return errno;
  const Id id{stat.st_dev, of_ == Of::kItself ? stat.st_ino : 0};
  std::unique_lock lock(mutex_);
  Round& round = rounds_[id];
  ++round.waiting;
  const int error = Await(fd, round, lock);
  if (--round.waiting == 0) rounds_.erase(id);
  return error;
}

int SharedSyncs::Await(int fd, Round& round, std::unique_lock<std::mutex>& lock) {
  const uint64_t ticket = ++round.asked;
  while (round.synced < ticket) {
    if (round.running) {
      ended_.wait(lock);
      continue;
    }
    // Whoever asks from now on may come too late for this one. One that fails is the failure of its caller alone: the
    // kernel tells each descriptor of an error by itself, so that the others try theirs.
    const uint64_t served = round.asked;
    round.running = true;
    lock.unlock();
    const int error = sync_(fd);
    lock.lock();
    round.running = false;
    if (error == 0) round.synced = served;
    ended_.notify_all();
    if (error != 0) return error;
  }
  return 0;
}

int SyncItself(int fd) {
  static SharedSyncs syncs(SharedSyncs::Of::kItself, [](int one) { return ::fsync(one) == 0 ? 0 : errno; });
  return syncs.Sync(fd);
}

int SyncFileSystem(int fd) {
  static SharedSyncs syncs(SharedSyncs::Of::kFileSystem, [](int any) { return ::syncfs(any) == 0 ? 0 : errno; });
  return syncs.Sync(fd);
}

}  // namespace lakeferry
