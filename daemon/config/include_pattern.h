// Which files an entry of `include` names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/config_sources.h"

namespace lakeferry {

// Sorted by their bytes. `entry`, taken from `base` on, the folder of the file that it stands in, is a file; or a
// folder, which stands for its files that end in .yaml, .yml or .json; or a name with '*', '?' or '[…]', each of which
// stands for characters of one name; names that begin with '.' are not meant. kNotFound where neither file nor folder
// is there, and where the folder in which names are looked for is not; an error where a folder cannot be listed.
// Whether a file that is named as it stands is there, its reader sees.
[[nodiscard]] Result<std::vector<std::string>> FindIncluded(const std::string& base, const std::string& entry,
                                                            const ConfigSources& sources);

// True where the entry is no plain name.
[[nodiscard]] bool IsPattern(std::string_view entry);

}  // namespace lakeferry
