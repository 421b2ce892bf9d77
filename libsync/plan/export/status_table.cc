#include "plan/export/status_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/digest.h"
#include "delta/commit_json.h"
#include "delta/file_path.h"
#include "json/reader.h"
#include "json/writer.h"
#include "plan/change/clone_commit.h"

namespace lakeferry::plan {
namespace {

using delta::Column;
using delta::ColumnType;

constexpr size_t kSchemaBytesMax = size_t{1} << 20;
constexpr int32_t kReaderVersion = 1;
constexpr int32_t kWriterVersion = 2;

std::string_view TypeName(ColumnType type) {
  switch (type) {
    case ColumnType::kText: return "string";
    case ColumnType::kLong: return "long";
    case ColumnType::kBool: return "boolean";
    case ColumnType::kTexts: return "array";
  }
  return {};
}

void WriteColumn(json::Writer& json, const Column& column) {
  json.Field("name", column.name);
  if (column.type == ColumnType::kTexts) {
    json.Object("type", [&] {
      json.Field("type", "array");
      json.Field("elementType", "string");
      json.Field("containsNull", true);
    });
  } else {
    json.Field("type", TypeName(column.type));
  }
  json.Field("nullable", true);
  json.Object("metadata", [] {});
}

std::string SchemaText() {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Field("type", "struct");
  json.Objects("fields", StatusTableColumns(), [&json](const Column& column) { WriteColumn(json, column); });
  return json.Finish();
}

std::unexpected<Error> NotOurs(std::string what, std::string_view uri) {
  return Fail(ErrorCode::kRefused,
              fmt::format("the table is not one that a status can be exported to: {}", std::move(what)),
              std::string(uri), "name a place where there is nothing yet: the table is made there");
}

// The name of the field's type; empty for one that no column of ours has.
std::string FoundType(const json::Fields& field) {
  if (const auto name = field.String("type")) return *name;
  const auto type = field.Object("type");
  if (!type) return {};
  const auto name = type->String("type");
  const auto element = type->String("elementType");
  return name && element && *name == "array" && *element == "string" ? *name : std::string();
}

Status CheckField(const json::Fields& field, std::set<std::string>& found, std::string_view uri) {
  LF_TRY(const std::string name, field.String("name"));
  const auto columns = StatusTableColumns();
  const auto ours = std::ranges::find(columns, name, &Column::name);
  if (ours == columns.end()) {
    const auto nullable = field.Bool("nullable");
    if (nullable && *nullable) return {};
    return NotOurs(fmt::format("its column '{}' needs a value that there is none for", name), uri);
  }
  found.insert(name);
  if (FoundType(field) == TypeName(ours->type)) return {};
  return NotOurs(fmt::format("its column '{}' is no {}", name, TypeName(ours->type)), uri);
}

Status CheckSchema(const std::string& schema, std::string_view uri) {
  const std::string where(uri);
  json::Reader reader(kSchemaBytesMax);
  LF_TRY(const json::Fields document, reader.Read(schema, "the table's schema", where));
  LF_TRY(const std::vector<json::Fields> fields, document.Objects("fields"));
  std::set<std::string> found;
  for (const json::Fields& field : fields) LF_TRY_OK(CheckField(field, found, uri));
  for (const Column& column : StatusTableColumns()) {
    if (!found.contains(column.name)) return NotOurs(fmt::format("it has no column '{}'", column.name), uri);
  }
  // A rule that a value has to obey would stand in a column's metadata.
  if (schema.contains("delta.invariants")) return NotOurs("it has rules for its values (delta.invariants)", uri);
  return {};
}

delta::NullableMap PartitionOf(const StatusKey& key) {
  delta::NullableMap partition;
  const std::vector<std::string> names = StatusKeyColumns();
  std::vector<std::string> values = ValuesOf(key);
  for (size_t i = 0; i < names.size(); ++i) partition.emplace_back(names[i], std::move(values[i]));
  return partition;
}

bool IsOf(const StatusKey& key, const delta::AddFile& add) {
  return std::ranges::is_permutation(add.partition_values, PartitionOf(key));
}

std::string AppIdOf(const StatusKey& key) {
  return "lakeferry/status/" + NameUuid(fmt::format("{}", fmt::join(ValuesOf(key), std::string(1, '\0'))));
}

std::string InfoLine(size_t rows, size_t removed, TimeMs now, bool first) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Object("commitInfo", [&] {
    json.Field("timestamp", now);
    json.Field("operation", "WRITE");
    json.Object("operationParameters", [&] {
      json.Field("mode", first ? "ErrorIfExists" : "Overwrite");
      json.Field("partitionBy", "[]");
    });
    json.Field("isolationLevel", "Serializable");
    json.Field("isBlindAppend", false);
    json.Object("operationMetrics", [&] {
      json.Field("numFiles", std::to_string(rows));
      json.Field("numOutputRows", std::to_string(rows));
      json.Field("numRemovedFiles", std::to_string(removed));
    });
    json.Field("engineInfo", "lakeferry");
  });
  return json.Finish();
}

delta::AddFile AddOf(const StatusUpdate& update, TimeMs now) {
  return {.path = delta::EncodeForLog(update.file),
          .partition_values = PartitionOf(update.row->key),
          .size = update.size_bytes,
          .modification_time = ToEpochMs(now),
          .data_change = true,
          .stats = R"({"numRecords":1})"};
}

}  // namespace

delta::Protocol StatusTableProtocol() {
  return {.min_reader_version = kReaderVersion, .min_writer_version = kWriterVersion};
}

delta::Metadata StatusTableMetadata(std::string_view seed, TimeMs created) {
  return {.id = NameUuid(fmt::format("status/{}/{}", seed, ToEpochMs(created))),
          .name = "lakeferry status",
          .description = "What each role of lakeferry knows of each group, one row each",
          .schema_string = SchemaText(),
          .partition_columns = StatusKeyColumns(),
          .created_time = ToEpochMs(created)};
}

Status CheckStatusTable(const delta::Protocol& protocol, const delta::Metadata& metadata, std::string_view uri) {
  if (protocol.min_reader_version != kReaderVersion || protocol.min_writer_version > kWriterVersion) {
    return NotOurs(
        fmt::format("its protocol asks for reader {} and writer {}, where {} and {} are written",
                    protocol.min_reader_version, protocol.min_writer_version, kReaderVersion, kWriterVersion),
        uri);
  }
  if (metadata.IsOn("delta.appendOnly")) return NotOurs("rows may only be added to it (delta.appendOnly)", uri);
  if (metadata.partition_columns != StatusKeyColumns()) {
    return NotOurs(fmt::format("its partition columns are not {}", fmt::join(StatusKeyColumns(), ", ")), uri);
  }
  return CheckSchema(metadata.schema_string.value_or("{}"), uri);
}

std::string_view RowOutcomeName(RowStanding standing) {
  switch (standing) {
    case RowStanding::kDue: return "written";
    case RowStanding::kSame: return "same";
    case RowStanding::kNewer: return "newer";
  }
  return {};
}

RowStanding StandingOf(const StatusRow& row, const delta::Snapshot& table, const std::vector<delta::AddFile>& live) {
  const auto txn = table.txns.find(AppIdOf(row.key));
  const int64_t as_of = ToEpochMs(row.as_of);
  if (txn == table.txns.end() || txn->second.version < as_of) return RowStanding::kDue;
  if (txn->second.version > as_of) return RowStanding::kNewer;
  const bool there = std::ranges::any_of(live, [&](const delta::AddFile& add) { return IsOf(row.key, add); });
  return there ? RowStanding::kSame : RowStanding::kDue;  // somebody has deleted it
}

ObjectPath StatusFileOf(const StatusRow& row, std::string_view bytes) {
  const std::string name = NameUuid(fmt::format("{}/{}/{}", AppIdOf(row.key), ToEpochMs(row.as_of), Sha256Hex(bytes)));
  return ObjectPath::Of(kStatusRowsFolder) / fmt::format("part-{}.snappy.parquet", name);
}

std::string StatusCommit(const std::vector<StatusUpdate>& updates, const std::vector<delta::AddFile>& live, TimeMs now,
                         const std::optional<delta::Metadata>& first) {
  std::vector<std::string> lines;
  lines.reserve(updates.size());
  for (const StatusUpdate& update : updates) {
    lines.push_back(delta::ToLine(delta::Txn{
        .app_id = AppIdOf(update.row->key), .version = ToEpochMs(update.row->as_of), .last_updated = ToEpochMs(now)}));
  }
  size_t removed = 0;
  for (const delta::AddFile& add : live) {
    const bool replaced = std::ranges::any_of(updates, [&](const StatusUpdate& of) { return IsOf(of.row->key, add); });
    if (!replaced) continue;
    ++removed;
    lines.push_back(delta::ToLine(RemoveOf(add, now, true)));
  }
  for (const StatusUpdate& update : updates) lines.push_back(delta::ToLine(AddOf(update, now)));
  std::string text = InfoLine(updates.size(), removed, now, first.has_value()) + "\n";
  if (first) {
    text += delta::ToLine(StatusTableProtocol()) + "\n";
    text += delta::ToLine(*first) + "\n";
  }
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace lakeferry::plan
