// Gives a folder another name beside its own: nothing of it is read, copied or deleted.
#pragma once

#include <string>

#include "base/result.h"

namespace lakeferry {

// False where there is no such folder. kRefused where something has the new name, or where the folder cannot be renamed
// because a file system is mounted on it. Durable when it returns. Blocking. Errors as of errno.
[[nodiscard]] Result<bool> PutAside(const std::string& folder, const std::string& name);

}  // namespace lakeferry
