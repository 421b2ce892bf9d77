// Faults at every single write of two epochs, in both modes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/world/simulation.h"

namespace lakeferry::sim {
namespace {

TEST(TwoEpochs, ConvergeWithoutAnyFault) {
  for (const bool mirror : {false, true}) {
    const Outcome outcome = Simulation(TwoEpochs(mirror, 1), false).Run();
    EXPECT_TRUE(outcome.good()) << Describe(outcome);
    EXPECT_EQ(outcome.epochs, 2);
  }
}

}  // namespace
}  // namespace lakeferry::sim
