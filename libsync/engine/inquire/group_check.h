// What `lakeferry check` finds out about the world of a group: every store, table and workflow, and the rights each
// role needs, proved by doing.
#pragma once

#include <vector>

#include "engine/environment.h"
#include "plan/group/finding.h"
#include "plan/group/group_spec.h"
#include "plan/group/root_overlap.h"

namespace lakeferry::engine {

// Sender: sources readable and supported, import roots readable, staging writable, workflows known. Receiver: staging
// and targets writable. Writes are tried with a small object of an unused name that is deleted again. `env` must
// outlive the task.
Task<std::vector<plan::Finding>> CheckGroup(Call call, const Environment& env, plan::GroupSpec spec, Role role);

// Whether a source, target, staging location or import root is one place with another, or the metadata store (`state`)
// lies in one, by whatever names and links: the first such pair. `env` must outlive the task.
Task<std::vector<plan::Finding>> CheckPlaces(Call call, const Environment& env, std::vector<plan::GroupSpec> groups,
                                             plan::Root state);

}  // namespace lakeferry::engine
