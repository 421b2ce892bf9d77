// How many calls to stores follow one another in a check of many tables: 10,000 of them have a minute, with 20 ms a
// call.
#include <fmt/format.h>

#include "async/semaphore.h"
#include "tests/engine/inquire/check_fixture.h"
#include "tests/support/store_delays.h"

namespace lakeferry::engine {
namespace {

using plan::Finding;
using plan::Severity;
using ::testing::Each;
using ::testing::Field;
using ::testing::Not;

constexpr int kTables = 300;
constexpr int kTablesOfAMinute = 10'000;
constexpr int kCallsOfAMinute = 60'000 / 20;

std::vector<std::string> ManyTables() {
  std::vector<std::string> names;
  for (int i = 0; i < kTables; ++i) names.push_back(fmt::format("t{}", i));
  return names;
}

TEST(CheckSpeed, TablesAreLookedAtSideBySideWithinTheSlotsOfAll) {
  World world(ManyTables());
  world.CreateAll();
  ASSERT_THAT(world.Send(), Succeeded());
  ASSERT_THAT(world.Receive(), Succeeded());
  StoreDelays delays(world.loop, Millis(20));
  world.stores.set_hooks(delays.Hooks());
  Semaphore slots(world.loop.get_executor(), 128);
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    Environment& env = role == Role::kSender ? world.west : world.east;
    const auto [found, in_a_row] = delays.Run(CheckGroup({}, env, world.spec, role, {.tables = &slots}));
    EXPECT_THAT(found, Each(Field(&Finding::severity, Not(Severity::kError))));
    EXPECT_GE(found.size(), size_t{kTables});
    EXPECT_LE(in_a_row, kCallsOfAMinute * kTables / kTablesOfAMinute) << RoleName(role);
  }
  // One after the other they would take more than a call each.
  Semaphore one(world.loop.get_executor(), 1);
  const auto [found, in_a_row] = delays.Run(CheckGroup({}, world.west, world.spec, Role::kSender, {.tables = &one}));
  EXPECT_GT(in_a_row, kTables);
}

}  // namespace
}  // namespace lakeferry::engine
