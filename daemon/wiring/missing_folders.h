// Roots of the configuration on a file system that are not there, for `lakeferry check`, which makes none.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/group/group_spec.h"

namespace lakeferry {

// Staging locations and targets, by URI, that lead to no folder; with why this user could not make it, empty where it
// could. Stores that are no file systems are passed over, as is what cannot be looked at.
[[nodiscard]] std::map<std::string, std::string> MissingFolders(const std::vector<plan::GroupSpec>& groups);

}  // namespace lakeferry
