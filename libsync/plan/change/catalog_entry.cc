#include "plan/change/catalog_entry.h"

#include <utility>

#include "delta/schema_columns.h"

namespace lakeferry::plan {

Result<NewCatalogTable> CatalogEntryOf(std::string name, std::string location, const delta::Metadata& metadata) {
  NewCatalogTable entry{.name = std::move(name), .location = std::move(location), .columns = {}};
  if (metadata.schema_string) {
    LF_TRY(entry.columns, delta::ReadColumns(*metadata.schema_string, metadata.partition_columns));
  }
  entry.comment = metadata.description.value_or(std::string());
  for (const auto& [key, value] : metadata.configuration) {
    if (!key.starts_with("delta.")) entry.properties.emplace(key, value);
  }
  return entry;
}

}  // namespace lakeferry::plan
