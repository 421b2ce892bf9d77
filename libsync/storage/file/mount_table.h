// Which mounted file system a path is on, by its name alone: to ask the file system itself may be to wait for a server
// that is gone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakeferry {

// Mount points of a text as /proc/self/mountinfo has it.
[[nodiscard]] std::vector<std::string> MountPoints(std::string_view mountinfo);

// The one that `path` (absolute) is below, as it is written: no link is looked at. Empty where there is none.
[[nodiscard]] std::string MountPointOf(const std::vector<std::string>& points, std::string_view path);

// Those of this process; empty where the kernel does not tell.
[[nodiscard]] std::vector<std::string> OwnMountPoints();

}  // namespace lakeferry
