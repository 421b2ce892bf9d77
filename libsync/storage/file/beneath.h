// Opens files below a folder without ever following a symbolic link out of it. Blocking; any thread.
#pragma once

#include <sys/types.h>

#include <string>

#include "storage/file/unique_fd.h"

namespace lakeferry {

// How names are resolved. kKernel is openat2: links that stay beneath are followed. kWalk opens component by component
// and follows no link at all; it is for kernels and sandboxes that refuse openat2.
enum class Resolution { kKernel, kWalk };

// What is done with links that stay beneath the root. kFollow: as the resolution says. kRefuse: none is followed, as
// for listing, deleting and writing.
enum class Links { kFollow, kRefuse };

// What this kernel offers; asked once per process.
[[nodiscard]] Resolution AvailableResolution();

// Opens `path` ('/'-separated, relative, "" for `root_fd` itself) below `root_fd`. An invalid descriptor with errno set
// where it cannot: EXDEV or ELOOP for a link that leaves the root or is refused, the rest as openat.
[[nodiscard]] UniqueFd OpenBeneath(Resolution resolution, int root_fd, const std::string& path, int flags,
                                   Links links = Links::kFollow);

}  // namespace lakeferry
