// Faults at every single write of two epochs, in both modes: a crash before and after it, and its answer lost, with and
// without the effect.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sim/seeds.h"
#include "tests/sim/world/simulation.h"

namespace lakeferry::sim {
namespace {

constexpr uint64_t kSeed = 7;

struct Case {
  bool mirror = false;
  bool sender = true;
  Blow blow = Blow::kCrashBefore;
};

std::string NameOf(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.mirror ? "Mirror" : "Clone";
  name += info.param.sender ? "Sender" : "Receiver";
  for (const char c : BlowName(info.param.blow)) {
    if (c != ' ' && c != ',') name += c;
  }
  return name;
}

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  for (const bool mirror : {false, true}) {
    for (const bool sender : {false, true}) {
      for (const Blow blow : {Blow::kCrashBefore, Blow::kCrashAfter, Blow::kLost, Blow::kLostApplied,
                              Blow::kUnavailable, Blow::kUnavailableApplied}) {
        cases.push_back({.mirror = mirror, .sender = sender, .blow = blow});
      }
    }
  }
  return cases;
}

Scenario Struck(const Case& one, std::vector<Strike> strikes) {
  Scenario scenario = TwoEpochs(one.mirror, kSeed);
  (one.sender ? scenario.sender_strikes : scenario.receiver_strikes) = std::move(strikes);
  return scenario;
}

// In sanitized builds every n-th write is enough.
int64_t Stride() { return SeedShare() == 1 ? 1 : 23; }

class EveryWrite : public testing::TestWithParam<Case> {};

TEST_P(EveryWrite, EndsInTheSameReplicaWithoutEverBreakingARule) {
  const Outcome clean = Simulation(Struck(GetParam(), {}), false).Run();
  ASSERT_TRUE(clean.good()) << Describe(clean);
  ASSERT_EQ(clean.epochs, 2);
  const int64_t writes = GetParam().sender ? clean.sender_writes : clean.receiver_writes;
  ASSERT_GT(writes, 10);
  for (int64_t write = 1; write <= writes; write += Stride()) {
    const Outcome outcome = Simulation(Struck(GetParam(), {{.write = write, .blow = GetParam().blow}}), false).Run();
    ASSERT_TRUE(outcome.good()) << "write " << write << ": " << Describe(outcome);
    ASSERT_EQ(outcome.replica_digest, clean.replica_digest) << "write " << write << ": " << Describe(outcome);
  }
}

TEST_P(EveryWrite, MayBeStruckTwice) {
  const Outcome clean = Simulation(Struck(GetParam(), {}), false).Run();
  const int64_t writes = GetParam().sender ? clean.sender_writes : clean.receiver_writes;
  SimRandom random = SimRandom::For(kSeed, NameOf({GetParam(), 0}));
  for (int n = 0; n < 30 / SeedShare(); ++n) {
    const int64_t first = random.Between(1, writes);
    const std::vector<Strike> strikes{{.write = first, .blow = GetParam().blow},
                                      {.write = first + random.Between(1, 25), .blow = Blow::kCrashAfter}};
    const Outcome outcome = Simulation(Struck(GetParam(), strikes), false).Run();
    ASSERT_TRUE(outcome.good()) << strikes[0].write << " and " << strikes[1].write << ": " << Describe(outcome);
    ASSERT_EQ(outcome.replica_digest, clean.replica_digest);
  }
}

INSTANTIATE_TEST_SUITE_P(TwoEpochs, EveryWrite, testing::ValuesIn(AllCases()), NameOf);

}  // namespace
}  // namespace lakeferry::sim
