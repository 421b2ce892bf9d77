// ChildOutput: a program of the operator, run to its end. Blocks; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace lakeferry {

struct ChildOrder {
  std::vector<std::string> command;      // not empty; the program by its absolute path
  std::vector<std::string> environment;  // "NAME=value", all that it gets beside kPassedVariables
  std::chrono::milliseconds longest{60'000};
  size_t bytes_max = size_t{16} << 20;  // of its standard output
};

// Of our environment: no token of ours is among them.
inline constexpr const char* kPassedVariables[] = {"PATH", "HOME",   "USER",   "LOGNAME",        "LANG",
                                                   "TZ",   "TMPDIR", "LC_ALL", "XDG_RUNTIME_DIR"};

// Starts it in a process group of its own, without a shell, with nothing on its standard input and none of our files,
// and gives what it wrote to its standard output. Returns after `longest`, or within a tenth of a second of a stop, at
// the latest; the whole group is gone then. The end of what it wrote to its standard error is in the error.
//   kInvalidArgument  it cannot be started, or writes more than `bytes_max`
//   kUnavailable      it takes too long, or ends with another status than 0
//   kCancelled
[[nodiscard]] Result<std::string> RunChild(const ChildOrder& order, const std::stop_token& stop);

}  // namespace lakeferry
