// What one listing of each source's log shows since the newest epoch: between two cuts nobody reads the sources, and
// one that was unmounted, moved or deleted would be noticed only when it is needed; nor would commits that its log
// clean-up is about to take.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/cut/sender_position.h"
#include "engine/environment.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

struct SourceSight {
  bool there = false;                   // something of the version it was cut at, or of a later one
  std::optional<Version> newest = {};   // of the commits since; absent for none
  std::optional<TimeMs> oldest_unsent;  // time of the first of these
};

// By table; the error of a source that could not be listed.
using SourceSights = std::map<std::string, Result<SourceSight>>;

// `base`: the tables of the newest epoch; those that are configured are looked at, with one request each. What it is
// given must outlive the task.
Task<SourceSights> LookAtSources(Call call, const Environment& env, const plan::GroupSpec& spec,
                                 const BaseTables& base);

// The error of the first table that has one, in the order of `spec`; kNotFound naming the first of which nothing is
// there.
[[nodiscard]] Status CheckSourcesThere(const plan::GroupSpec& spec, const SourceSights& sights, const BaseTables& base);

}  // namespace lakeferry::engine
