#include "daemon/service/return_memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <fstream>
#include <memory>
#include <stop_token>
#include <vector>

#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"

namespace lakeferry::service {
namespace {

constexpr size_t kBlock = 1024;
constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kTaken = 64 * kMiB;

// Bytes of this process that are in memory.
size_t Resident() {
  std::ifstream statm("/proc/self/statm");
  size_t whole = 0;
  size_t resident = 0;
  statm >> whole >> resident;
  return resident * static_cast<size_t>(getpagesize());
}

// Time passes at once, until the service is stopped in its `sleeps`-th wait.
class StoppingClock final : public ManualClock {
 public:
  StoppingClock(std::stop_source& stop, int sleeps) : stop_(stop), sleeps_(sleeps) {}
  Task<void> SleepFor(Call call, Millis duration) override {
    if (--sleeps_ == 0) stop_.request_stop();
    return ManualClock::SleepFor(std::move(call), duration);
  }

 private:
  std::stop_source& stop_;
  int sleeps_;
};

// The kept block lies above those that are freed, as what a pass leaves behind does: without it the allocator would
// give the top of its heap back by itself.
std::unique_ptr<std::byte[]> TakeAndFree() {
  std::vector<std::unique_ptr<std::byte[]>> taken;
  for (size_t i = 0; i < kTaken / kBlock; ++i) taken.push_back(std::make_unique<std::byte[]>(kBlock));
  return std::make_unique<std::byte[]>(kBlock);
}

void RunFor(int sleeps) {
  boost::asio::thread_pool pool(1);
  std::stop_source stop;
  StoppingClock clock(stop, sleeps);
  const Millis began = clock.Monotonic();
  RunTask(ReturnMemory(Call{.stop = stop.get_token()}, clock, pool.get_executor()));
  pool.join();
  EXPECT_EQ(clock.Monotonic() - began, (sleeps - 1) * std::chrono::seconds(30)) << "it looks every half minute";
}

TEST(ReturnMemory, WhatAPassHasFreedGoesBackToTheSystem) {
  const size_t before = Resident();
  const auto kept = TakeAndFree();
  const size_t freed = Resident();
  ASSERT_GT(freed, before + kTaken * 3 / 4) << "the allocator gives it back by itself, and nothing is shown here";
  RunFor(1);
  EXPECT_GT(Resident() + kTaken / 4, freed) << "stopped before its first look";
  RunFor(2);
  EXPECT_LT(Resident(), before + kTaken / 4);
}

}  // namespace
}  // namespace lakeferry::service
