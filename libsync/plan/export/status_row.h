// StatusRow: what one role knows of one group, as a row of the table that a status is exported to. Its columns are
// those of the sync job's metadata table by its names and types, so that reports over that one work on this one, and
// behind them what lakeferry knows beyond it. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "delta/row_file.h"
#include "plan/record/epoch_record.h"
#include "plan/record/group_record.h"

namespace lakeferry::plan {

// So many of a group's newest epochs a row is made of.
inline constexpr int64_t kEpochsOfStatusRow = 20;

// A row is found by these, which are the table's partition columns: no two roles ever write one another's rows.
struct StatusKey {
  std::string workspace;
  std::string group;
  std::string region;
  Role role = Role::kSender;

  auto operator<=>(const StatusKey&) const = default;
};

struct StatusRow {
  StatusKey key;
  TimeMs as_of;      // when the role put that state on record
  delta::Row cells;  // of StatusColumns
};

// Of the data files: all but those of the key.
[[nodiscard]] std::span<const delta::Column> StatusColumns();
// All of the table, in its order.
[[nodiscard]] std::span<const delta::Column> StatusTableColumns();
// Names of the key's columns and its values, in that order.
[[nodiscard]] std::vector<std::string> StatusKeyColumns();
[[nodiscard]] std::vector<std::string> ValuesOf(const StatusKey& key);

// `epochs`: newest first. Texts are fit to be shown, so that no secret stands in the table.
[[nodiscard]] StatusRow StatusRowOf(const GroupRecord& record, const std::vector<EpochRecord>& epochs,
                                    std::string_view region);

}  // namespace lakeferry::plan
