// The columns of a table as SQL names their types, from the schema in its log: what a catalog is told of it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/catalog_table.h"
#include "base/result.h"

namespace lakeferry::delta {

// Of `metaData.schemaString`, in their order; `partition_columns` by name. kCorruptLog for a schema that cannot be
// read; kUnsupportedTable, with the column's name, for a type that no catalog has a name for.
[[nodiscard]] Result<std::vector<CatalogColumn>> ReadColumns(std::string_view schema,
                                                             const std::vector<std::string>& partition_columns);

}  // namespace lakeferry::delta
