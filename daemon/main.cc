// lakeferry: the program.
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <iostream>

#include "daemon/commands/command_line.h"

namespace {

// What a pass over a large table took goes back to the system when it is freed: as malloc comes, each thread keeps a
// heap of its own, and pieces that were freed once are kept in it from then on.
void ReturnLargeMemory() {
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  mallopt(M_ARENA_MAX, 2);
}

// As far as the system allows it: each small file that is written has a descriptor until its batch is durable. Where
// that is not far, batches are smaller (storage/file/whole_files.h).
void AllowManyFiles() {
  constexpr rlim_t kEnough = 65'536;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  const rlim_t wanted = std::min(files.rlim_max, kEnough);
  if (files.rlim_cur >= wanted) return;
  files.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

int main(int argc, char** argv) {
  ReturnLargeMemory();
  AllowManyFiles();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of the write, not the end of the process
  return lakeferry::RunCommandLine({argv + 1, argv + argc}, std::cout, std::cerr);
}
