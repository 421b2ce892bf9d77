// Time travel by timestamp over a table's log in its store: delta/time_travel.h with the reading that it asks for.
#pragma once

#include "delta/time_travel.h"
#include "engine/log/table_log.h"

namespace lakeferry::engine {

// The version that was current at `at`, as TIMESTAMP AS OF or RESTORE in Spark choose it, with its time; past the last
// commit the last. `listing`: the whole log. kNotFound: `at` lies before the first version that can be rebuilt;
// kCorruptLog: a commit that must carry its own time does not; and the errors of TableLog.
Task<Result<delta::CommitTime>> VersionAt(Call call, const TableLog& log, const delta::LogListing& listing, TimeMs at);

}  // namespace lakeferry::engine
