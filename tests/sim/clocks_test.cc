// Clocks that do not agree: the margin that is measured keeps a run's commits together, and where there is none the
// referee sees what comes of it.
#include <gtest/gtest.h>

#include "tests/sim/world/simulation.h"

namespace lakeferry::sim {
namespace {

constexpr uint64_t kSeeds = 20;

// Two runs of one workflow, far apart, that say nowhere whose a commit is.
Scenario Unnamed(uint64_t seed) {
  Scenario scenario = TwoEpochs(false, seed);
  scenario.world.ids_in_commits = false;
  scenario.world.kind.checkpoints = false;
  scenario.setup.staging_uri = "mem://primary/staging";
  scenario.setup.clock_skew_margin.reset();
  return scenario;
}

void ExpectGood(const Scenario& scenario) {
  Simulation simulation(scenario, false);
  const Outcome outcome = simulation.Run();
  EXPECT_TRUE(outcome.good()) << Describe(scenario) << "\n" << Describe(outcome);
  EXPECT_EQ(outcome.unatomic, 0);
}

// Whether some seed breaks the rule that a cut holds all of its runs' commits.
bool AnyTorn(Scenario (*make)(uint64_t)) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Simulation simulation(make(seed), false);
    const Outcome outcome = simulation.Run();
    if (outcome.violation && outcome.violation->rule == 2) return true;
  }
  return false;
}

Scenario StoreAhead(uint64_t seed) {
  Scenario scenario = Unnamed(seed);
  scenario.source_clock_offset = Millis(4'000);
  return scenario;
}

Scenario StoreAheadUnmeasured(uint64_t seed) {
  Scenario scenario = StoreAhead(seed);
  scenario.setup.clock_skew_margin = Millis(0);
  return scenario;
}

Scenario SchedulerBehind(uint64_t seed) {
  Scenario scenario = Unnamed(seed);
  scenario.world.run_clock_offset = Millis(-9'000);
  scenario.whole_seconds = true;
  return scenario;
}

Scenario SchedulerBehindUnmeasured(uint64_t seed) {
  Scenario scenario = SchedulerBehind(seed);
  scenario.setup.clock_skew_margin = Millis(0);
  return scenario;
}

Scenario WholeSeconds(uint64_t seed) {
  Scenario scenario = Unnamed(seed);
  scenario.world.runs_in_whole_seconds = true;
  scenario.setup.clock_skew_margin = Millis(0);
  return scenario;
}

TEST(Clocks, AMarginThatIsMeasuredKeepsARunTogetherWhateverTheStoresClockSays) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) ExpectGood(StoreAhead(seed));
  EXPECT_TRUE(AnyTorn(StoreAheadUnmeasured)) << "nothing would show that the margin is of use";
}

TEST(Clocks, ASchedulerWhoseClockIsBehindIsComparedWithTheStore) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) ExpectGood(SchedulerBehind(seed));
  EXPECT_TRUE(AnyTorn(SchedulerBehindUnmeasured)) << "nothing would show that the margin is of use";
}

TEST(Clocks, AnEndInWholeSecondsCountsToItsEnd) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) ExpectGood(WholeSeconds(seed));
}

}  // namespace
}  // namespace lakeferry::sim
