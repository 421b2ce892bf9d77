// What a Unity Catalog says of a table and is told of one, as documents of its REST API 2.1. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/catalog_table.h"
#include "base/result.h"
#include "json/reader.h"

namespace lakeferry::unity {

// "catalog.schema.table" in its parts.
struct FullName {
  std::string catalog;
  std::string schema;
  std::string table;  // empty for a schema's

  [[nodiscard]] std::string text() const;
};

// kInvalidArgument where it is not of three parts, each with something in it, without '/', '\' and '`'.
[[nodiscard]] Result<FullName> ParseTableName(std::string_view name);
// The same of a schema, in two.
[[nodiscard]] Result<FullName> ParseSchemaName(std::string_view name);

// An entry of a list, or the answer to one table. kCorruptLog where it lacks what every table has.
[[nodiscard]] Result<CatalogTable> ReadTable(const json::Fields& fields);

// The document that creates a table. kInvalidArgument as of ParseTableName.
[[nodiscard]] Result<std::string> WriteTable(const NewCatalogTable& table);

// "TABLE_DOES_NOT_EXIST", of a refusal; empty where it has none.
[[nodiscard]] std::string ErrorCodeIn(std::string_view text);
// Whether a refusal says that what was asked for is not there, unlike that there is no such API.
[[nodiscard]] bool SaysAbsent(std::string_view text);
// Whether a refusal says that a table of that name is there.
[[nodiscard]] bool SaysPresent(std::string_view text);

}  // namespace lakeferry::unity
