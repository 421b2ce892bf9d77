#include "catalog/unity/table_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/shown_text.h"
#include "json/writer.h"

namespace lakeferry::unity {
namespace {

constexpr size_t kRefusalMax = size_t{64} << 10;
constexpr size_t kShownNameMax = 200;
// A table whose commits the catalog has: what its protocol calls the feature, by its names so far.
constexpr std::array<std::string_view, 3> kManagedFeatures{"delta.feature.catalogManaged", "delta.feature.catalogOwned",
                                                           "delta.feature.catalogOwned-preview"};

bool IsControl(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

Result<std::vector<std::string>> PartsOf(std::string_view name, size_t count, std::string_view shape) {
  std::vector<std::string> parts;
  std::string_view rest = name;
  for (;;) {
    const size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    const bool good = !part.empty() && part.find_first_of("/\\`") == std::string_view::npos && part.front() != ' ' &&
                      part.back() != ' ' && std::ranges::none_of(part, IsControl);
    if (!good || parts.size() == count) break;
    parts.emplace_back(part);
    if (dot == std::string_view::npos) {
      if (parts.size() == count) return parts;
      break;
    }
    rest.remove_prefix(dot + 1);
  }
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is no name that a catalog has", OneLine(FitToShow(name, kShownNameMax))), {},
              fmt::format("write {}", shape));
}

// Absent and null are one; anything but a text is an error.
Result<std::string> OptionalText(const json::Fields& fields, std::string_view key) {
  if (!fields.Has(key)) return std::string();
  return fields.String(key);
}

Result<std::string> NameIn(const json::Fields& fields) {
  FullName name;
  LF_TRY(name.catalog, fields.String("catalog_name"));
  LF_TRY(name.schema, fields.String("schema_name"));
  LF_TRY(name.table, fields.String("name"));
  std::string text = name.text();
  const auto parsed = ParseTableName(text);
  if (!parsed) return Fail(ErrorCode::kCorruptLog, parsed.error().message);
  return text;
}

CatalogTableKind KindOf(std::string_view word) {
  if (word == "EXTERNAL" || word == "EXTERNAL_SHALLOW_CLONE") return CatalogTableKind::kExternal;
  if (word == "MANAGED" || word == "MANAGED_SHALLOW_CLONE") return CatalogTableKind::kManaged;
  return CatalogTableKind::kOther;
}

void WriteColumn(const CatalogColumn& column, int64_t position, json::Writer& json) {
  json.Field("name", column.name);
  json.Field("type_text", column.type_text);
  json.Field("type_name", column.type_name);
  json.Field("type_json", column.type_json);
  json.Field("position", position);
  json.Field("nullable", column.nullable);
  if (!column.comment.empty()) json.Field("comment", column.comment);
  if (column.partition_index) json.Field("partition_index", *column.partition_index);
}

}  // namespace

std::string FullName::text() const {
  return table.empty() ? fmt::format("{}.{}", catalog, schema) : fmt::format("{}.{}.{}", catalog, schema, table);
}

Result<FullName> ParseTableName(std::string_view name) {
  LF_TRY(std::vector<std::string> parts, PartsOf(name, 3, "catalog.schema.table"));
  return FullName{.catalog = std::move(parts[0]), .schema = std::move(parts[1]), .table = std::move(parts[2])};
}

Result<FullName> ParseSchemaName(std::string_view name) {
  LF_TRY(std::vector<std::string> parts, PartsOf(name, 2, "catalog.schema"));
  return FullName{.catalog = std::move(parts[0]), .schema = std::move(parts[1]), .table = {}};
}

Result<CatalogTable> ReadTable(const json::Fields& fields) {
  CatalogTable table;
  LF_TRY(table.name, NameIn(fields));
  LF_TRY(table.kind_name, fields.String("table_type"));
  table.kind = KindOf(table.kind_name);
  LF_TRY(table.id, OptionalText(fields, "table_id"));
  LF_TRY(table.format, OptionalText(fields, "data_source_format"));
  LF_TRY(table.location, OptionalText(fields, "storage_location"));
  if (const auto properties = fields.Object("properties")) {
    const auto says = [&](std::string_view key) { return properties->View(key).value_or("") == "supported"; };
    table.catalog_managed = std::ranges::any_of(kManagedFeatures, says);
  }
  return table;
}

Result<std::string> WriteTable(const NewCatalogTable& table) {
  LF_TRY(const FullName name, ParseTableName(table.name));
  json::Writer json(json::Texts::kAsTheyAre);
  json.Field("name", name.table);
  json.Field("catalog_name", name.catalog);
  json.Field("schema_name", name.schema);
  json.Field("table_type", "EXTERNAL");
  json.Field("data_source_format", "DELTA");
  json.Field("storage_location", table.location);
  int64_t position = 0;
  json.Objects("columns", table.columns, [&](const CatalogColumn& column) { WriteColumn(column, position++, json); });
  if (!table.comment.empty()) json.Field("comment", table.comment);
  json.Object("properties", [&] {
    for (const auto& [key, value] : table.properties) json.Field(key, value);
  });
  return json.Finish();
}

std::string ErrorCodeIn(std::string_view text) {
  json::Reader reader(kRefusalMax);
  const auto fields = reader.Read(text, "the refusal", "");
  if (!fields) return {};
  // Not every server spells it as the description of the API does.
  for (const std::string_view key : {"error_code", "errorCode"}) {
    if (auto code = fields->String(key)) return *std::move(code);
  }
  return {};
}

bool SaysAbsent(std::string_view text) {
  const std::string code = ErrorCodeIn(text);
  if (code.find("ENDPOINT") != std::string::npos) return false;
  return code.ends_with("DOES_NOT_EXIST") || code.ends_with("NOT_FOUND");
}

bool SaysPresent(std::string_view text) { return ErrorCodeIn(text).ends_with("ALREADY_EXISTS"); }

}  // namespace lakeferry::unity
