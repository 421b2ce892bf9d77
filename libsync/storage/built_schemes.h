// Which kinds of stores this version speaks to.
#pragma once

#include <algorithm>
#include <array>

#include "base/location.h"

namespace lakeferry {

inline constexpr std::array<Scheme, 4> kBuiltSchemes{Scheme::kFile, Scheme::kS3, Scheme::kS3a, Scheme::kGs};

[[nodiscard]] constexpr bool IsBuilt(Scheme scheme) {
  return std::ranges::find(kBuiltSchemes, scheme) != kBuiltSchemes.end();
}

}  // namespace lakeferry
