// An example or two of each command, for its help and the manual page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakeferry {

// Of the command by its whole name ("lakeferry runs add"); none of a command that only has others.
[[nodiscard]] std::vector<std::string> ExamplesOf(std::string_view command);

}  // namespace lakeferry
