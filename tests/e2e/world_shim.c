// Preloaded into the binary under test to give it a world that is hard to arrange: a disk that is full from the n-th
// write on, a clock that is off, a death before the n-th effect. Only for tests; built on the fly by
// tests/e2e/world_shim.py.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static atomic_long writes_done;
static atomic_long effects_done;

// SHIM_DIE_AT: so many effects on the disk happen, then the process dies at once, before the next. The metadata store's
// own files do not count: SQLite sees to them.
static void effect(const char* path) {
  const char* limit = getenv("SHIM_DIE_AT");
  if (limit == NULL || strstr(path, "metadata.db") != NULL) return;
  if (atomic_fetch_add(&effects_done, 1) >= atol(limit)) raise(SIGKILL);
}

static void effect_on(int fd) {
  char link[64];
  char path[4096];
  struct stat info;
  if (getenv("SHIM_DIE_AT") == NULL || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = '\0';
  effect(path);
}

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
  effect_on(fd);
  return disk_is_full(fd) ? -1 : NEXT(write)(fd, bytes, count);
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  effect_on(fd);
  return disk_is_full(fd) ? -1 : NEXT(pwrite)(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
  effect_on(fd);
  return disk_is_full(fd) ? -1 : NEXT(pwrite64)(fd, bytes, count, offset);
}

ssize_t copy_file_range(int from, off64_t* from_offset, int to, off64_t* to_offset, size_t count, unsigned flags) {
  effect_on(to);
  return disk_is_full(to) ? -1 : NEXT(copy_file_range)(from, from_offset, to, to_offset, count, flags);
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  effect(to);
  return NEXT(linkat)(from_folder, from, to_folder, to, flags);
}

int link(const char* from, const char* to) {
  effect(to);
  return NEXT(link)(from, to);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  effect(to);
  return NEXT(renameat2)(from_folder, from, to_folder, to, flags);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) {
  effect(to);
  return NEXT(renameat)(from_folder, from, to_folder, to);
}

int rename(const char* from, const char* to) {
  effect(to);
  return NEXT(rename)(from, to);
}

int unlinkat(int folder, const char* path, int flags) {
  effect(path);
  return NEXT(unlinkat)(folder, path, flags);
}

int mkdirat(int folder, const char* path, mode_t mode) {
  effect(path);
  return NEXT(mkdirat)(folder, path, mode);
}

// SHIM_CLOCK_OFFSET_S: calendar time is off by so many seconds.
int clock_gettime(clockid_t id, struct timespec* now) {
  const int outcome = NEXT(clock_gettime)(id, now);
  const char* offset = getenv("SHIM_CLOCK_OFFSET_S");
  if (outcome == 0 && offset != NULL && id == CLOCK_REALTIME) now->tv_sec += atol(offset);
  return outcome;
}
