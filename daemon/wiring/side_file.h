// Small files beside the metadata store, each a cache of one thing: read whole, replaced whole.
#pragma once

#include <cstddef>
#include <string>

namespace lakeferry {

// What stands there; empty where that is no file, or longer. `own`: also where it is another user's, or others than its
// owner may read or write it.
[[nodiscard]] std::string ReadSideFile(const std::string& path, size_t bytes_max, bool own = false);

// In place of what is there, for its owner alone. Best effort: where it cannot be written, what was there stays.
void ReplaceSideFile(const std::string& path, const std::string& text);

}  // namespace lakeferry
