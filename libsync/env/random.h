// Randomness as the engine sees it: jitter only, never identity that must survive a crash. Seeded in the simulator.
#pragma once

#include <cstdint>

namespace lakeferry {

class Random {
 public:
  virtual ~Random() = default;
  [[nodiscard]] virtual uint64_t Next() = 0;
};

}  // namespace lakeferry
