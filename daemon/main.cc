// lakeferry: the program.
#include <csignal>
#include <iostream>

#include "daemon/commands/command_line.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of the write, not the end of the process
  return lakeferry::RunCommandLine({argv + 1, argv + argc}, std::cout, std::cerr);
}
