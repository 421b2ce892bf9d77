// One comparison of a table's live files, by a replay of its whole log, with what the manifest of an epoch says that
// they come to. It finds what no pass sees: a commit that is not the newest and was replaced since it was replicated.
#pragma once

#include <string>

#include "delta/live_set.h"
#include "engine/compare/live_set_verdict.h"
#include "engine/environment.h"
#include "plan/document/manifest.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// What is compared: a source at the version that an epoch was cut at, or a replica at the version it was left at.
struct LiveSetSubject {
  plan::TableSpec spec;
  Version version;
  Epoch epoch;
  delta::LiveSet expected;  // by the epoch's manifest
  // Fingerprint of what the other side has found, by a replay, where that is something else: two replays of two logs
  // that come to the same prove more than what was carried. Else empty.
  std::string found_there = {};
};

// The verdict on live files that were found by other means.
[[nodiscard]] LiveSetVerdict JudgeLiveSet(const LiveSetSubject& subject, const delta::LiveSet& found);

// Replays the subject's source (sender) or replica (receiver). A log that does not hold the version any more, or not
// whole, is a verdict: not checked. Errors: a store that cannot be reached or refuses, kCancelled once the call is
// stopped. Memory: as of a replay that keeps no files.
Task<Result<LiveSetVerdict>> CompareLiveSet(Call call, const Environment& env, Role role, delta::ReplicationMode mode,
                                            LiveSetSubject subject);

// What the verdict is to a pass: kDiverged where the live files differ.
[[nodiscard]] Status AsStatus(const LiveSetVerdict& verdict, Role role, const plan::TableSpec& spec);

}  // namespace lakeferry::engine
