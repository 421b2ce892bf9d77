// The machine's time and randomness, for tests against real servers, whose clocks are that too.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

#include "env/clock.h"
#include "env/random.h"

namespace lakeferry {

class RealClock final : public Clock {
 public:
  [[nodiscard]] TimeMs WallTime() const override {
    return std::chrono::floor<Millis>(std::chrono::system_clock::now());
  }
  [[nodiscard]] Millis Monotonic() const override {
    return std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch());
  }
  Task<void> SleepFor(Call, Millis duration) override {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, duration);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
};

class RealRandom final : public Random {
 public:
  [[nodiscard]] uint64_t Next() override { return generator_(); }

 private:
  std::mt19937_64 generator_{std::random_device()()};
};

}  // namespace lakeferry
