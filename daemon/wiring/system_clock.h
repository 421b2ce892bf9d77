// SystemClock and SystemRandom: the machine's time and randomness. Any thread; sleeping is done on the coroutine's own
// executor.
#pragma once

#include <random>

#include "env/clock.h"
#include "env/random.h"

namespace lakeferry {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimeMs WallTime() const override;
  [[nodiscard]] Millis Monotonic() const override;
  Task<void> SleepFor(Call call, Millis duration) override;
};

// Engine thread.
class SystemRandom final : public Random {
 public:
  [[nodiscard]] uint64_t Next() override { return generator_(); }

 private:
  std::mt19937_64 generator_{std::random_device()()};
};

}  // namespace lakeferry
