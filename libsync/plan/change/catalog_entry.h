// What a catalog is told of a replica that it does not have yet. Pure.
#pragma once

#include <string>

#include "base/catalog_table.h"
#include "base/result.h"
#include "delta/action.h"

namespace lakeferry::plan {

// By `name` at `location`, with columns, comment and properties as the replica's log has them. Properties that are
// instructions to writers of the log (delta.…) stand in the log and are left out. Errors as of delta::ReadColumns.
[[nodiscard]] Result<NewCatalogTable> CatalogEntryOf(std::string name, std::string location,
                                                     const delta::Metadata& metadata);

}  // namespace lakeferry::plan
