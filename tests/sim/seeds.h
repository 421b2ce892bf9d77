// How much of the simulator's work a test run does: LAKEFERRY_SIM_SEEDS says how many random seeds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace lakeferry::sim {

inline constexpr int64_t kSeedsByDefault = 130;

[[nodiscard]] inline int64_t SeedCount() {
  const char* text = std::getenv("LAKEFERRY_SIM_SEEDS");
  return text == nullptr ? kSeedsByDefault : std::max<int64_t>(1, std::strtoll(text, nullptr, 10));
}

// 1 for a whole run; a larger number where a part of the sweeps must do.
[[nodiscard]] inline int64_t SeedShare() { return std::clamp<int64_t>(kSeedsByDefault / SeedCount(), 1, 30); }

}  // namespace lakeferry::sim
