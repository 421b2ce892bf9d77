// The Delta table that a status is exported to: one row for each group and role, replaced by its role whenever it has
// something new to say. Any number of roles, hosts and processes write into one table: a commit takes away and puts in
// the rows of its own keys and no other. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_path.h"
#include "base/result.h"
#include "delta/snapshot.h"
#include "plan/export/status_row.h"

namespace lakeferry::plan {

// Below it lie the table's data files, so that a folder which somebody else uses is told from one that was begun.
inline constexpr std::string_view kStatusRowsFolder = "rows";

// What the first commit says. `seed` makes the table's id.
[[nodiscard]] delta::Protocol StatusTableProtocol();
[[nodiscard]] delta::Metadata StatusTableMetadata(std::string_view seed, TimeMs created);

// kRefused where the table at `uri` is another than this makes, with what differs: a column that is missing or of
// another type, other partition columns, an extra column that has to have a value, a feature that a writer must heed.
[[nodiscard]] Status CheckStatusTable(const delta::Protocol& protocol, const delta::Metadata& metadata,
                                      std::string_view uri);

// How a row stands to what the table holds of its key.
enum class RowStanding {
  kDue,    // it says something new
  kSame,   // the very state is there
  kNewer,  // a later state is there: of another process, or by a clock that has gone back since
};
// "written", "same", "newer": what an export that found it so has done.
[[nodiscard]] std::string_view RowOutcomeName(RowStanding standing);
[[nodiscard]] RowStanding StandingOf(const StatusRow& row, const delta::Snapshot& table,
                                     const std::vector<delta::AddFile>& live);

// The name of the row's file, whose text is `bytes`: the same for the same, whoever makes it.
[[nodiscard]] ObjectPath StatusFileOf(const StatusRow& row, std::string_view bytes);

// A row that is due, with its file.
struct StatusUpdate {
  const StatusRow* row = nullptr;
  ObjectPath file;
  int64_t size_bytes = 0;
};

// The text of the commit that replaces the rows of these keys among `live`. `first`: the table is made by it.
[[nodiscard]] std::string StatusCommit(const std::vector<StatusUpdate>& updates,
                                       const std::vector<delta::AddFile>& live, TimeMs now,
                                       const std::optional<delta::Metadata>& first);

}  // namespace lakeferry::plan
