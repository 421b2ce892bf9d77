// Checks over all groups of a configuration: names that may stand there once, and folders that must not overlap.
#pragma once

#include <vector>

#include "daemon/config/group_draft.h"

namespace lakeferry {

// Adds a problem for each group name used twice, each target used twice or lying inside another, each table whose
// target overlaps its source, and each table or import root that overlaps a staging location.
void CheckAcrossGroups(const std::vector<GroupDraft>& groups, ConfigProblems& problems);

}  // namespace lakeferry
