// Random lives of both regions: each seed draws its own swarm of faults, and run twice it must give one trace.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/sim/seeds.h"
#include "tests/sim/world/simulation.h"
#include "tests/support/slow_build.h"

namespace lakeferry::sim {
namespace {

// So many lives meet every kind of trouble.
constexpr int64_t kSwarm = 100;

Outcome ExpectGood(uint64_t seed, bool twice) {
  const Outcome outcome = Simulation(RandomScenario(seed), false).Run();
  EXPECT_TRUE(outcome.good()) << "seed " << seed << ": " << Describe(RandomScenario(seed)) << "\n"
                              << Describe(outcome) << "\nreplay: sim_main --seed " << seed << " --verbose";
  if (!twice) return outcome;
  const Outcome again = Simulation(RandomScenario(seed), false).Run();
  EXPECT_EQ(outcome.trace, again.trace) << "seed " << seed << " gives another trace when it is run again";
  return outcome;
}

void Add(Outcome& sum, const Outcome& outcome) {
  sum.epochs += outcome.epochs;
  sum.refused += outcome.refused;
  sum.unatomic += outcome.unatomic;
  sum.deaths += outcome.deaths;
  sum.mails += outcome.mails;
  sum.kept_leftovers += outcome.kept_leftovers;
  sum.put_beside += outcome.put_beside;
  sum.taken_over_parts += outcome.taken_over_parts;
  sum.seconds += outcome.seconds;
  sum.foreign_named += outcome.foreign_named;
  sum.harmless += outcome.harmless;
  sum.forged += outcome.forged;
  sum.found_otherwise += outcome.found_otherwise;
  sum.store_faults.slow += outcome.store_faults.slow;
  sum.store_faults.torn += outcome.store_faults.torn;
  sum.store_faults.replaced += outcome.store_faults.replaced;
  sum.store_faults.behind += outcome.store_faults.behind;
  sum.store_faults.asked_to_wait += outcome.store_faults.asked_to_wait;
}

// The swarm is worth nothing if what it means to provoke never happens.
void ExpectEveryKindOfTrouble(const Outcome& sum, int64_t mirrors) {
  EXPECT_GT(sum.epochs, 120);
  EXPECT_GT(sum.refused, 5);
  EXPECT_GT(sum.unatomic, 0);
  EXPECT_GT(sum.deaths, 50);
  EXPECT_GT(sum.mails, 10);
  EXPECT_GT(sum.kept_leftovers, 50);
  EXPECT_GT(sum.put_beside, 3);
  EXPECT_GT(sum.taken_over_parts, 20);
  EXPECT_GT(sum.seconds, 5);
  EXPECT_GT(sum.foreign_named, 2);
  EXPECT_GT(sum.harmless, 0);
  EXPECT_GT(sum.forged, 5);
  EXPECT_GT(sum.found_otherwise, 3);
  EXPECT_GT(sum.store_faults.slow, 10);
  EXPECT_GT(sum.store_faults.torn, 10);
  EXPECT_GT(sum.store_faults.replaced, 10);
  EXPECT_GT(sum.store_faults.behind, 50);
  EXPECT_GT(sum.store_faults.asked_to_wait, 50);
  EXPECT_GT(mirrors, 25);
  EXPECT_LT(mirrors, 75);
}

TEST(RandomLives, KeepEveryRuleGetThereAndMeetEveryKindOfTrouble) {
  Outcome sum;
  int64_t mirrors = 0;
  // In a slow build some of the same lives, to see what its sanitizer says of them.
  const int64_t lives = kSlowBuild ? SeedCount() : std::max(SeedCount(), kSwarm);
  for (int64_t seed = 1; seed <= lives; ++seed) {
    const Outcome outcome = ExpectGood(static_cast<uint64_t>(seed), seed <= SeedCount());
    if (HasFailure()) return;
    if (seed > kSwarm) continue;
    Add(sum, outcome);
    mirrors += RandomScenario(static_cast<uint64_t>(seed)).setup.mirror ? 1 : 0;
  }
  if (lives >= kSwarm) ExpectEveryKindOfTrouble(sum, mirrors);
}

TEST(RandomLives, DifferFromSeedToSeed) {
  const Outcome one = Simulation(RandomScenario(1), false).Run();
  const Outcome two = Simulation(RandomScenario(2), false).Run();
  EXPECT_NE(one.trace, two.trace);
}

// Without faults, so that every life is spent on the choice of cuts: runs that fail, overlap and never end, and cuts
// that are forced between them.
TEST(CutsUnderForce, HoldOnlyFinishedWorkUnlessTheySayOtherwise) {
  for (int64_t seed = 1; seed <= SeedCount() / 2; ++seed) {
    Scenario scenario = RandomScenario(static_cast<uint64_t>(seed));
    scenario.sender_rates = FaultRates{};
    scenario.receiver_rates = FaultRates{};
    scenario.troubles.clear();
    scenario.setup.force_sync_after = Millis(20'000 + 1'000 * (seed % 40));
    scenario.poll = Millis(3'000);
    scenario.world.workflows = scenario.setup.workflows = 2 + static_cast<int>(seed % 2);
    scenario.world.fail_percent = 40;
    scenario.world.runs = 6;
    scenario.world.gap_min = Millis(1'000);
    scenario.world.gap_max = Millis(40'000);
    const Outcome outcome = Simulation(scenario, false).Run();
    ASSERT_TRUE(outcome.good()) << "seed " << seed << ": " << Describe(scenario) << "\n" << Describe(outcome);
  }
}

}  // namespace
}  // namespace lakeferry::sim
