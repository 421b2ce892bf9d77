#include "parquet/checkpoint_columns.h"

#include <fmt/format.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "parquet/arrow_status.h"

namespace lakeferry::parquet {
namespace {

// An action and the fields read of it; the first is the key no such action is without. dataChange is not read: it is
// false in a checkpoint whatever the column says. Neither is partitionValues_parsed, a copy of partitionValues.
struct ActionColumns {
  std::string_view name;
  std::span<const std::string_view> fields;
};

constexpr std::array<std::string_view, 4> kProtocol = {"minReaderVersion", "minWriterVersion", "readerFeatures",
                                                       "writerFeatures"};
constexpr std::array<std::string_view, 8> kMetadata = {
    "id", "name", "description", "format", "schemaString", "partitionColumns", "configuration", "createdTime"};
constexpr std::array<std::string_view, 10> kAdd = {
    "path", "partitionValues", "size",      "modificationTime",        "stats",
    "tags", "deletionVector",  "baseRowId", "defaultRowCommitVersion", "clusteringProvider"};
constexpr std::array<std::string_view, 10> kRemove = {
    "path",           "deletionTimestamp", "extendedFileMetadata",   "partitionValues", "size", "stats", "tags",
    "deletionVector", "baseRowId",         "defaultRowCommitVersion"};
constexpr std::array<std::string_view, 3> kTxn = {"appId", "version", "lastUpdated"};
constexpr std::array<std::string_view, 3> kDomain = {"domain", "configuration", "removed"};
constexpr std::array<std::string_view, 3> kSidecar = {"path", "sizeInBytes", "modificationTime"};
constexpr std::array<std::string_view, 1> kCheckpoint = {"version"};

constexpr std::array<ActionColumns, 8> kActions = {{{"add", kAdd},
                                                    {"remove", kRemove},
                                                    {"metaData", kMetadata},
                                                    {"protocol", kProtocol},
                                                    {"txn", kTxn},
                                                    {"domainMetadata", kDomain},
                                                    {"sidecar", kSidecar},
                                                    {"checkpointMetadata", kCheckpoint}}};
constexpr std::array<std::string_view, 3> kParsedStats = {"numRecords", "nullCount", "tightBounds"};

bool Contains(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

const ActionColumns* FindAction(std::string_view name) {
  const auto* found = std::ranges::find(kActions, name, &ActionColumns::name);
  return found == kActions.end() ? nullptr : found;
}

bool HasKey(const ::parquet::schema::Node& action, std::string_view key) {
  if (!action.is_group()) return false;
  const auto& group = static_cast<const ::parquet::schema::GroupNode&>(action);
  const int index = group.FieldIndex(std::string(key));
  return index >= 0 && group.field(index)->is_primitive();
}

// What is read must not be there twice, for one of the two would be passed over.
Status CheckFieldsDiffer(const ::parquet::schema::GroupNode& group, const ActionColumns& action,
                         std::string_view where) {
  std::set<std::string_view> names;
  for (int i = 0; i < group.field_count(); ++i) {
    const std::string& name = group.field(i)->name();
    if (!Contains(action.fields, name) || names.insert(name).second) continue;
    return CorruptCheckpoint(fmt::format("the checkpoint has two columns named {}.{}", action.name, name), where);
  }
  return {};
}

Status CheckActionsComplete(const ::parquet::schema::GroupNode& root, std::string_view where) {
  std::set<std::string_view> names;
  for (int i = 0; i < root.field_count(); ++i) {
    const auto* action = FindAction(root.field(i)->name());
    if (action == nullptr) continue;
    if (!names.insert(action->name).second) {
      return CorruptCheckpoint(fmt::format("the checkpoint has two columns named {}", action->name), where);
    }
    if (!HasKey(*root.field(i), action->fields.front())) {
      return CorruptCheckpoint("the checkpoint's column " + std::string(action->name) + " lacks the field " +
                                   std::string(action->fields.front()),
                               where);
    }
    const auto& fields = static_cast<const ::parquet::schema::GroupNode&>(*root.field(i));
    LF_TRY_OK(CheckFieldsDiffer(fields, *action, where));
  }
  if (names.empty()) return CorruptCheckpoint("the Parquet file has none of a checkpoint's columns", where);
  return {};
}

void Choose(const std::vector<std::string>& path, int leaf, CheckpointColumns& chosen) {
  const auto* action = path.size() < 2 ? nullptr : FindAction(path[0]);
  if (action == nullptr) return;
  if (Contains(action->fields, path[1])) {
    chosen.base.push_back(leaf);
    if (path.size() == 2 && path[1] == action->fields.front()) chosen.keys.push_back(leaf);
    if (path[0] == "add" && path[1] == "path") chosen.add_path = leaf;
    if (path[0] == "add" && path[1] == "stats") chosen.add_stats = leaf;
  } else if (path.size() >= 3 && path[0] == "add" && path[1] == "stats_parsed" && Contains(kParsedStats, path[2])) {
    chosen.parsed_stats.push_back(leaf);
  }
}

// How many values of a column are null in a row group, where its statistics say so.
std::optional<int64_t> NullCount(const ::parquet::RowGroupMetaData& group, int leaf) {
  const auto statistics = group.ColumnChunk(leaf)->statistics();
  if (statistics == nullptr || !statistics->HasNullCount()) return std::nullopt;
  return statistics->null_count();
}

}  // namespace

std::vector<int> CheckpointColumns::ForRowGroup(const ::parquet::FileMetaData& file, int row_group) const {
  if (parsed_stats.empty()) return base;
  if (add_stats >= 0) {
    // Rows that are no adds are null in both columns: as many nulls in both means that every add has its `stats`.
    const auto group = file.RowGroup(row_group);
    const auto no_stats = NullCount(*group, add_stats);
    if (no_stats.has_value() && no_stats == NullCount(*group, add_path)) return base;
  }
  std::vector<int> all;
  all.reserve(base.size() + parsed_stats.size());
  std::ranges::merge(base, parsed_stats, std::back_inserter(all));
  return all;
}

Result<CheckpointColumns> ChooseColumns(const ::parquet::FileMetaData& file, bool files, std::string_view where) {
  const auto& schema = *file.schema();
  LF_TRY_OK(CheckActionsComplete(*schema.group_node(), where));
  CheckpointColumns chosen;
  for (int leaf = 0; leaf < schema.num_columns(); ++leaf) {
    const std::vector<std::string> path = schema.Column(leaf)->path()->ToDotVector();
    if (files || (path[0] != "add" && path[0] != "remove")) Choose(path, leaf, chosen);
  }
  return chosen;
}

}  // namespace lakeferry::parquet
