#include "storage/file/folder_sync.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace lakeferry {

int FolderSyncs::Sync(int folder_fd) {
  struct stat stat{};
  if (::fstat(folder_fd, &stat) != 0) return errno;
  const FolderId folder{stat.st_dev, stat.st_ino};
  std::unique_lock lock(mutex_);
  Round& round = rounds_[folder];
  ++round.waiting;
  const int error = Await(folder_fd, round, lock);
  if (--round.waiting == 0) rounds_.erase(folder);
  return error;
}

int FolderSyncs::Await(int folder_fd, Round& round, std::unique_lock<std::mutex>& lock) {
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
    const int error = sync_(folder_fd);
    lock.lock();
    round.running = false;
    if (error == 0) round.synced = served;
    ended_.notify_all();
    if (error != 0) return error;
  }
  return 0;
}

int SyncFolder(int folder_fd) {
  static FolderSyncs syncs([](int fd) { return ::fsync(fd) == 0 ? 0 : errno; });
  return syncs.Sync(folder_fd);
}

}  // namespace lakeferry
