// What a replica's live files come to with an epoch (delta/live_set.h), worked out by the receiver before it is
// committed: from what it has carried so far and what it is about to commit, or from a replay of the replica's own log.
#pragma once

#include <optional>

#include "delta/live_set.h"
#include "engine/apply/replica_table.h"

namespace lakeferry::engine {

// `base`: what the replica came to with the epoch that this one builds upon; absent: to be replayed from its log, as it
// is where what is to be committed does not tell what it takes out. The epoch's objects in staging were verified.
// Errors: the stores'; as TableLog::Load.
Task<Result<delta::LiveSet>> LiveSetWith(Call call, const Environment& env, ApplyContext context,
                                         plan::ManifestTable table, const ReplicaTable& replica, ReplicaHead head,
                                         std::optional<delta::LiveSet> base);

}  // namespace lakeferry::engine
