// The SQL by which a managed table, which its catalog alone may write, is made a clone of a replica. Names and places
// are quoted, so that none of them can say anything else. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"

namespace lakeferry::plan {

// So many entries of a history are asked for.
inline constexpr int64_t kHistoryEntriesMax = 200;

// Makes the table `name` (catalog.schema.table) of the catalog, anew or over, what the replica at `uri` is at
// `version`. kInvalidArgument, by name, for what SQL cannot hold (CheckCloneable).
[[nodiscard]] Result<std::string> CloneStatement(std::string_view name, std::string_view uri, Version version);
// Asks what was done to the table, newest first. The same errors.
[[nodiscard]] Result<std::string> HistoryStatement(std::string_view name);
// Asks for the newest of what was done to the replica at `uri`: whether a warehouse can read it. The same errors.
[[nodiscard]] Result<std::string> ReplicaStatement(std::string_view uri);

// kInvalidArgument for a name that is not of three parts, or has a control byte, malformed UTF-8 or "${", of which the
// engine makes something else before it reads the statement; for a place with any of these, or of a scheme that no
// warehouse knows.
[[nodiscard]] Status CheckCloneable(std::string_view name, std::string_view uri);

}  // namespace lakeferry::plan
