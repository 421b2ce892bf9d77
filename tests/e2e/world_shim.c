// Preloaded into the binary under test to give it a world that is hard to arrange: a disk that is full from the n-th
// write on, and a clock that is off. Only for tests; built on the fly by tests/e2e/world_shim.py.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static atomic_long writes_done;

// SHIM_WRITES_MAX: so many writes to regular files succeed, every later one finds the disk full.
static int disk_is_full(int fd) {
  const char* limit = getenv("SHIM_WRITES_MAX");
  struct stat info;
  if (limit == NULL || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return 0;
  if (atomic_fetch_add(&writes_done, 1) < atol(limit)) return 0;
  errno = ENOSPC;
  return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void* bytes, size_t count) {
  return disk_is_full(fd) ? -1 : NEXT(write)(fd, bytes, count);
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  return disk_is_full(fd) ? -1 : NEXT(pwrite)(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
  return disk_is_full(fd) ? -1 : NEXT(pwrite64)(fd, bytes, count, offset);
}

ssize_t copy_file_range(int from, off64_t* from_offset, int to, off64_t* to_offset, size_t count, unsigned flags) {
  return disk_is_full(to) ? -1 : NEXT(copy_file_range)(from, from_offset, to, to_offset, count, flags);
}

// SHIM_CLOCK_OFFSET_S: calendar time is off by so many seconds.
int clock_gettime(clockid_t id, struct timespec* now) {
  const int outcome = NEXT(clock_gettime)(id, now);
  const char* offset = getenv("SHIM_CLOCK_OFFSET_S");
  if (outcome == 0 && offset != NULL && id == CLOCK_REALTIME) now->tv_sec += atol(offset);
  return outcome;
}
