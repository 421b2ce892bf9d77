// Whether a group for which nothing is staged is there under another name: one that was renamed on one side goes on as
// two, neither of which is the group.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/staging/staging_area.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// Of what can be read, the newest; an epoch whose staging is under way has no manifest yet.
Task<Result<std::optional<plan::Manifest>>> NewestManifest(Call call, const StagingArea& staging);

// The staging area of `group` in the place of `spec`'s.
Task<Result<StagingArea>> OpenStagingOf(const Environment& env, const plan::GroupSpec& spec, std::string group);

// Of the groups that have a folder beside that of `own` those that are not `configured` and whose newest epoch has a
// table of `spec`, by its name or its source. The stores' errors; what cannot be read, or is signed by others, is none.
Task<Result<std::vector<std::string>>> SameUnderOtherNames(Call call, const Environment& env,
                                                           const plan::GroupSpec& spec, const StagingArea& own,
                                                           const std::set<std::string>& configured);

// Of a group for which nothing is staged: kRefused where one that is not configured here has epochs of its tables from
// the same sources, in the same workspace and region, and no other sender's mark: the receiver that has that name would
// hear of nothing more. Success where it is not known which groups are configured, or where folders beside the group's
// own may not be listed.
Task<Status> CheckNotRenamed(Call call, const Environment& env, const plan::GroupSpec& spec, const StagingArea& own);

}  // namespace lakeferry::engine
