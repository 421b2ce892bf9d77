// Which tables this program may carry, by protocol and properties (protocol: "Table Features").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "delta/action.h"

namespace lakeferry::delta {

enum class ReplicationMode { kClone, kMirror };
// "clone", "mirror".
[[nodiscard]] std::string_view ReplicationModeName(ReplicationMode mode);

// The property of tables that only grow.
inline constexpr std::string_view kAppendOnly = "delta.appendOnly";

// All features in force: the lists, and those that legacy version numbers imply. Sorted.
[[nodiscard]] std::vector<std::string> FeaturesOf(const Protocol& protocol);

// What keeps a table from being carried.
struct Obstacle {
  std::string name;  // of the feature or property; "minReaderVersion 99" for a version
  std::string what;  // a sentence with the table's version numbers
  std::string remedy;
  bool of_clones_only = false;  // false: no mode carries the table
};
// All of them, each name once; empty for a table that every mode carries.
[[nodiscard]] std::vector<Obstacle> ObstaclesOf(const Protocol& protocol, const Metadata& metadata);

// Refuses what cannot be carried in `mode` by the first obstacle, naming feature, table version numbers and the way
// out: kUnsupportedTable. Reader features must be known ones; in clone mode writer features as well; catalog-managed,
// coordinated, redirected and adaptive-metadata tables are refused in both.
[[nodiscard]] Status CheckSupported(const Protocol& protocol, const Metadata& metadata, ReplicationMode mode);

// The protocol a clone with protocol `replica` needs to take in data of a source with protocol `source`: never lower
// than either, legacy sides expanded where the other has lists.
[[nodiscard]] Protocol MergeProtocol(const Protocol& replica, const Protocol& source);

// What a clone does not take over from its source: features that bind a table to a catalog or to its own history.
[[nodiscard]] Protocol StripForClone(Protocol source);
// The same for properties, and for what a file diff cannot uphold (change data feed); `id`, name and description are
// the replica's and set by the caller.
[[nodiscard]] Metadata StripForClone(Metadata source);

// The version up to which a table keeps its checkpoints, so that readers without a feature that was dropped need not
// read the commits they stand for (protocol: "Checkpoint Protection"); absent where it protects none.
[[nodiscard]] std::optional<Version> CheckpointsProtectedBefore(const Metadata& metadata);

}  // namespace lakeferry::delta
