// What `lakeferry check` finds out about the world of a group: every store, table and workflow, and the rights each
// role needs, proved by doing.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "async/semaphore.h"
#include "engine/environment.h"
#include "plan/group/finding.h"
#include "plan/group/group_spec.h"
#include "plan/group/root_overlap.h"

namespace lakeferry::engine {

// What the caller knows beside the group.
struct CheckScope {
  std::set<std::string> configured = {};  // every group of the configuration
  // Roots, by URI, that are not there: nothing is tried in them, for that would make them. With why this user could not
  // make one; empty: it could.
  std::map<std::string, std::string> missing = {};
  // Each table that is looked at has a slot, those of all groups; null: this group's alone are limited. Outlives the
  // task.
  Semaphore* tables = nullptr;
};

// Sender: sources readable and supported, import roots readable, staging writable, workflows known, and files can be
// placed at targets where it does so itself; sources keep what was not sent for long enough; schema and properties are
// the replicas', where this side may read those. Receiver: staging
// and targets writable, and no target somebody else's. Writes are tried with a small object of an unused name that is
// deleted again; no root is made. Then configuration and last epoch are compared (epoch_comparison.h). `env` and
// `scope` must outlive the task.
Task<std::vector<plan::Finding>> CheckGroup(Call call, const Environment& env, plan::GroupSpec spec, Role role,
                                            const CheckScope& scope);

// Of a group that nothing else can be checked of: its workflows alone, as CheckGroup does at the sender.
Task<std::vector<plan::Finding>> CheckWorkflows(Call call, const Environment& env, plan::GroupSpec spec);

// Whether a source, target, staging location or import root is one place with another, or the metadata store (`state`)
// lies in one, by whatever names and links: the first such pair. `env` must outlive the task.
Task<std::vector<plan::Finding>> CheckPlaces(Call call, const Environment& env, std::vector<plan::GroupSpec> groups,
                                             plan::Root state);

}  // namespace lakeferry::engine
