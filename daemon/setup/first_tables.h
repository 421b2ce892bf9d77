// Names and places of the tables that `lakeferry init` has found below a place, and of their replicas. Pure but for the
// working folder, which paths that do not begin at the root are from.
#pragma once

#include <string>
#include <vector>

#include "base/object_path.h"
#include "base/result.h"
#include "daemon/setup/first_config.h"

namespace lakeferry::setup {

// A URI of a store as it is written, a path as the file:// URI of what it names. kInvalidArgument.
[[nodiscard]] Result<std::string> PlaceUri(const std::string& text);

// Where staging goes unless somebody says otherwise: beside the replicas below `target`.
[[nodiscard]] std::string StagingBeside(const std::string& target);

// Each folder below `source`, a URI, with its replica at the same folder below `target`. Its name is its folders, with
// '.' between; of two that would have one name each has its path. A table that `source` itself is has the name of its
// own folder. kInvalidArgument for folders that no location can name.
[[nodiscard]] Result<std::vector<FirstTable>> TablesBelow(const std::string& source, const std::string& target,
                                                          const std::vector<ObjectPath>& folders);

}  // namespace lakeferry::setup
