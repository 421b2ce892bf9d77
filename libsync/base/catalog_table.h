// CatalogTable: a table as a catalog knows it by its name, catalog.schema.table, and one that a catalog is to have.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lakeferry {

enum class CatalogTableKind : uint8_t {
  kExternal,  // whoever may write its folder may write the table
  kManaged,   // its folder is the catalog's own
  kOther,     // a view, a foreign table: nothing that has a log of its own
};

struct CatalogTable {
  std::string name;  // catalog.schema.table, as the catalog spells it
  std::string id;    // the catalog's own; empty where it says none
  CatalogTableKind kind = CatalogTableKind::kOther;
  std::string kind_name;  // the catalog's word for it: "MATERIALIZED_VIEW"
  std::string format;     // "DELTA"; empty where it says none
  std::string location;   // a URI, as the catalog has it; empty where it says none
  // Commits go through the catalog: its log alone does not say what the table holds.
  bool catalog_managed = false;
};

struct CatalogColumn {
  std::string name;
  std::string type_text;  // "array<bigint>"
  std::string type_name;  // "ARRAY"
  std::string type_json;  // the field, as the schema of a Delta table has it
  std::string comment = {};
  bool nullable = true;
  std::optional<int64_t> partition_index = {};
};

// An external Delta table that a catalog is to have.
struct NewCatalogTable {
  std::string name;
  std::string location;
  std::vector<CatalogColumn> columns;
  std::string comment = {};
  std::map<std::string, std::string> properties = {};
};

// Whether a catalog takes the two names for one: upper and lower case are.
[[nodiscard]] inline bool IsSameCatalogName(std::string_view a, std::string_view b) {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace lakeferry
