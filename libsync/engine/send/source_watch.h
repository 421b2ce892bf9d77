// Whether the sources that the next cut builds upon are still there: between two cuts nobody reads them, and one that
// was unmounted, moved or deleted would be noticed only when it is needed.
#pragma once

#include <map>
#include <string>

#include "engine/environment.h"
#include "plan/document/manifest.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// `base`: the tables of the newest epoch. kNotFound naming the first whose log holds nothing of the version it was cut
// at, nor of a later one; the store's errors. One request a table. What it is given must outlive the task.
Task<Status> CheckSourcesThere(Call call, const Environment& env, const plan::GroupSpec& spec,
                               const std::map<std::string, plan::ManifestTable>& base);

}  // namespace lakeferry::engine
