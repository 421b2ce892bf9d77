// Which groups have a folder in a staging location: where a group finds nothing there, most often a name differs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/staging/staging_area.h"

namespace lakeferry::engine {

// Names of the groups beside that of `staging`, ascending; those that `lakeferry reset` put aside, and what stores were
// tried with, are left out. The store's errors.
Task<Result<std::vector<std::string>>> OtherGroups(Call call, const StagingArea& staging);

// That nothing is staged for `group` where others have something, naming the nearest; empty where there are none.
[[nodiscard]] std::string NothingStagedFor(const std::string& group, const std::vector<std::string>& others);

// A name in which `lakeferry reset` put a folder aside: "orders.reset-20261129T120000Z".
[[nodiscard]] bool IsPutAside(std::string_view name);

}  // namespace lakeferry::engine
