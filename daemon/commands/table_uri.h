// How a command line names a table.
#pragma once

#include <string>

#include "base/result.h"

namespace lakeferry {

// A URI as it stands; a path as the file:// URI of what it names. kInvalidArgument for what is neither.
[[nodiscard]] Result<std::string> TableUri(const std::string& text);

}  // namespace lakeferry
