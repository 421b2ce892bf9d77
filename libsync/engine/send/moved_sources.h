// A source that lies elsewhere now: whether the table at its new place is the one that the last epoch was cut from
// (PROTOCOL.md section 4).
#pragma once

#include <string>
#include <vector>

#include "engine/environment.h"
#include "plan/document/manifest.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// Tables of `spec` whose source is one of `relocated`, URIs that `relocate` has proven, may have it elsewhere than
// their last epoch; no others may.
void TakeRelocations(const std::vector<std::string>& relocated, plan::GroupSpec& spec);

// `moved`: tables of the base epoch, each with another source in `spec`. Success where each is at its new place what it
// was: the version of the base is there, with the same commit, table id and live files, and a clone would name every
// file of it as it was named before. kDiverged naming the table and what differs; the store's errors.
Task<Status> CheckMovedSources(Call call, const Environment& env, const plan::GroupSpec& spec,
                               std::vector<plan::ManifestTable> moved);

}  // namespace lakeferry::engine
