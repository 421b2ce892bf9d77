// lakeferry: the program.
#include <malloc.h>

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

}  // namespace

int main(int argc, char** argv) {
  ReturnLargeMemory();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of the write, not the end of the process
  return lakeferry::RunCommandLine({argv + 1, argv + argc}, std::cout, std::cerr);
}
