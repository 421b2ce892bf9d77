// A helper program that writes something secret to its standard output. Blocks; any thread.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace lakeferry {

inline constexpr size_t kHelperBytesMax = size_t{64} << 10;

// Starts `command` (not empty; looked for in PATH) in a process group of its own with nothing on its standard input and
// none of our files, and takes what it writes until it ends. Returns after `longest`, or within a tenth of a second of
// a stop, at the latest; the group is ended by then. Errors as of Host::Run, and kCancelled.
[[nodiscard]] Result<Secret> RunHelper(const std::vector<std::string>& command, std::chrono::milliseconds longest,
                                       const std::stop_token& stop);

// A command line as words: blanks part them; '…' and "…" keep what they hold, '\' the next character. No variables, no
// patterns. kInvalidArgument where a quote is not closed or there is no word; the error does not repeat it.
[[nodiscard]] Result<std::vector<std::string>> SplitWords(std::string_view line);

}  // namespace lakeferry
