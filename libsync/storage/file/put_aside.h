// Gives a folder another name on its file system: nothing of it is read, copied or deleted.
#pragma once

#include <string>

#include "base/result.h"

namespace lakeferry {

// False where there is no such folder. kRefused where something has the new name, or where the folder cannot be renamed
// because a file system is mounted on it or lies between the two names. Durable when it returns. Blocking. Errors as of
// errno.
[[nodiscard]] Result<bool> PutAside(const std::string& folder, const std::string& name);

}  // namespace lakeferry
