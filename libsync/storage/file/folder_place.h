// Where a folder of the file system is, whatever name leads to it.
#pragma once

#include <string>

#include "env/object_store.h"

namespace lakeferry {

// `folder` is absolute and need not exist: then it is told from the nearest folder above it that does. Links are
// followed, as the kernel does. Errors as of errno.
[[nodiscard]] Result<StorePlace> PlaceOfFolder(const std::string& folder);

}  // namespace lakeferry
