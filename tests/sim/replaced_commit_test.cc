// A commit of the source is replaced after it was replicated: the sender notices by itself, and goes on once it is put
// back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/world/simulation.h"

namespace lakeferry::sim {
namespace {

class ReplacedCommit : public testing::TestWithParam<bool> {};

TEST_P(ReplacedCommit, StopsTheGroupUntilItIsPutBack) {
  Scenario scenario = TwoEpochs(GetParam(), 7);
  scenario.world.kind.checkpoints = false;  // one that covers the commit hides it from every reader
  const Outcome clean = Simulation(scenario, false).Run();
  ASSERT_TRUE(clean.good()) << Describe(clean);
  ASSERT_EQ(clean.mails, 0);
  scenario.troubles.push_back(
      {.after = Millis(350'000), .kind = TroubleKind::kReplaceCommit, .amount = Millis(1'200'000)});
  Simulation simulation(scenario, false);
  const Outcome outcome = simulation.Run();
  ASSERT_TRUE(outcome.good()) << Describe(outcome);
  EXPECT_EQ(outcome.replaced_commits, 1);
  EXPECT_EQ(outcome.epochs, clean.epochs);
  EXPECT_EQ(outcome.replica_digest, clean.replica_digest);
  EXPECT_GE(outcome.mails, 2) << "of the halt, and of its end";
}

INSTANTIATE_TEST_SUITE_P(Modes, ReplacedCommit, testing::Bool(),
                         [](const auto& mirror) { return mirror.param ? "mirror" : "clone"; });

}  // namespace
}  // namespace lakeferry::sim
