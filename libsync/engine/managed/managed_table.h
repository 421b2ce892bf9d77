// A managed table of the receiving catalog, which a warehouse makes a clone of a replica: what is known of it, and how
// it is made one.
#pragma once

#include <optional>

#include "engine/environment.h"
#include "plan/group/table_spec.h"
#include "plan/managed/clone_history.h"

namespace lakeferry::engine {

// The newest clone of `table`'s replica in the managed table of its name; absent where there is no such table, or none
// in it yet. `left`: as of plan::NewestClone, with its errors; SqlWarehouse::Run's, but kUnavailable for an answer that
// is none: it may be a proxy's, and the next is another.
Task<Result<std::optional<plan::CloneMark>>> LookAtManaged(Call call, const Environment& env, SqlWarehouse& warehouse,
                                                           plan::TableSpec table, std::optional<Version> left,
                                                           SqlPulse pulse);

// Makes it a clone of the replica at `version`, and sees by its history that it is one. The same errors.
Task<Result<plan::CloneMark>> CloneManaged(Call call, const Environment& env, SqlWarehouse& warehouse,
                                           plan::TableSpec table, Version version, SqlPulse pulse);

// That the warehouse runs a statement, for which it is started. SqlWarehouse::Run's errors; kCorruptData for an answer
// that is none of SQL.
Task<Status> TryWarehouse(Call call, const Environment& env, SqlWarehouse& warehouse);

// That the warehouse can read the replica. The same errors; kNotFound where it sees none there.
Task<Status> ReadReplicaBy(Call call, const Environment& env, SqlWarehouse& warehouse, plan::TableSpec table);

}  // namespace lakeferry::engine
