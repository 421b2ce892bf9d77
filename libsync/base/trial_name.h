// How the objects are called with which a store, or a right, is tried. Readers of Delta pass over names with a '_', and
// whoever lists staging over these.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/object_path.h"

namespace lakeferry {

inline constexpr std::string_view kTrialPrefix = "_lakeferry_";
inline constexpr std::string_view kProbeFolder = "_lakeferry_probe";

// One that nobody has, of a random number.
[[nodiscard]] inline ObjectPath TrialName(uint64_t random) {
  return ObjectPath::Of("_lakeferry_check_" + Hex64(random));
}

}  // namespace lakeferry
