// Whether schema and properties of a table are the same in both regions, for `lakeferry check`: by the source's newest
// version, and where that differs by the one that was applied. Reads only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "delta/snapshot.h"
#include "engine/environment.h"
#include "plan/document/receipt.h"
#include "plan/group/finding.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// The newest epoch that the receiver says it has applied, and of each table the version of its source then.
struct AppliedSources {
  Epoch epoch;
  std::map<std::string, Version> sources = {};
};

// Empty where nothing was applied, and where staging cannot be read: others say that. `env` outlives the task.
Task<AppliedSources> ReadAppliedSources(Call call, const Environment& env, plan::GroupSpec spec);

// How comparing a table with its replica ended.
enum class Comparison {
  kDenied,  // whoever asks may not read it, or does not reach it
  kDone,
};

struct ComparedRegions {
  Comparison comparison = Comparison::kDone;
  std::vector<plan::Finding> findings = {};
};

// `source`: the newest version, as it was read. An error where the replica is not what was applied; an info where the
// source has changed since, which the next epoch brings. Nothing of a table that `applied` does not have, nor of a
// replica that is further than it, as in the middle of an epoch. `env`, `spec` and `applied` outlive the task.
Task<ComparedRegions> CompareRegions(Call call, const Environment& env, const plan::GroupSpec& spec,
                                     plan::TableSpec table, delta::Snapshot source, const AppliedSources& applied);

}  // namespace lakeferry::engine
