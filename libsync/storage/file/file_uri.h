// file:// URIs as the configuration has them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakeferry {

// The absolute folder that "file:///srv/lake", "file:/srv/lake" or "file://localhost/srv/lake" names, percent-decoded,
// without a '/' at its end. kInvalidArgument for another host, '?' or '#', a bad '%', a '.' or '..' segment, a control
// byte, and the root of the file system.
[[nodiscard]] Result<std::string> ParseFileUri(std::string_view uri);

// What stands before the first ':', lower-case; empty where it is no scheme.
[[nodiscard]] std::string UriScheme(std::string_view uri);

}  // namespace lakeferry
