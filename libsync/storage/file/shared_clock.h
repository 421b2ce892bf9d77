// Whose clock dates files below a folder: this machine's, or a file server's.
#pragma once

#include <string>

namespace lakeferry {

// True iff files below either folder are dated by one clock: both lie on file systems of this machine, or both on one
// mounted from elsewhere. A folder that is not there counts as the nearest one above it that is. Blocking.
[[nodiscard]] bool ShareClock(const std::string& folder, const std::string& other);

}  // namespace lakeferry
