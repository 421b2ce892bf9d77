// Which kinds of stores this version speaks to.
#pragma once

#include <algorithm>
#include <array>

#include "base/location.h"

namespace lakeferry {

inline constexpr std::array<Scheme, 1> kBuiltSchemes{Scheme::kFile};

[[nodiscard]] constexpr bool IsBuilt(Scheme scheme) {
  return std::ranges::find(kBuiltSchemes, scheme) != kBuiltSchemes.end();
}

}  // namespace lakeferry
