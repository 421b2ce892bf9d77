// The command line as a whole.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace lakeferry {

// Runs the program with `arguments` (without its own name) and returns its exit code: 0 done, 1 failed, 2 usage or
// configuration, 3 refused, 4 not in sync. Results go to `out`, errors to `err`; log lines to standard error.
[[nodiscard]] int RunCommandLine(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err);

}  // namespace lakeferry
