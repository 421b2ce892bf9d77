// Roots of the configuration on a file system that are not there, for `lakeferry check`, which makes none.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/group/group_spec.h"

namespace lakeferry {

// Of one: why this user could not make the folder, empty where it could. Absent where something is there, where that
// cannot be looked at, and of a store that is no file system.
[[nodiscard]] std::optional<std::string> WhyNoFolder(const std::string& uri);

// Staging locations and targets, by URI, that lead to no folder; with why this user could not make it, empty where it
// could. Stores that are no file systems are passed over, as is what cannot be looked at.
[[nodiscard]] std::map<std::string, std::string> MissingFolders(const std::vector<plan::GroupSpec>& groups);

}  // namespace lakeferry
