// Somebody else acts while a write is held, at every single write of two epochs, in both modes: a second process of the
// role does a whole pass, or another engine commits to a replica. Nothing of anybody is written over, the group ends in
// one chain, and who has to stop says why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sim/seeds.h"
#include "tests/sim/world/simulation.h"

namespace lakeferry::sim::meetings {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;

constexpr uint64_t kSeed = 7;
// Until the second has done its pass, and until what it did was answered as well.
constexpr Millis kItsPass{15'000};
constexpr Millis kUntilAnswered{90'000};

struct Case {
  bool mirror = false;
  bool sender = true;
  Blow blow = Blow::kMeetSecond;
  Millis held{0};
};

std::string NameOf(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.mirror ? "Mirror" : "Clone";
  name += info.param.sender ? "Sender" : "Receiver";
  for (const char c : BlowName(info.param.blow)) {
    if (c != ' ') name += c;
  }
  return name + (info.param.held == kUntilAnswered ? "UntilAnswered" : "");
}

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  for (const bool mirror : {false, true}) {
    for (const bool sender : {false, true}) {
      for (const Millis held : {kItsPass, kUntilAnswered}) {
        cases.push_back({.mirror = mirror, .sender = sender, .blow = Blow::kMeetSecond, .held = held});
      }
    }
    cases.push_back({.mirror = mirror, .sender = false, .blow = Blow::kMeetForeign});
  }
  cases.push_back({.mirror = false, .sender = false, .blow = Blow::kMeetHarmless});
  return cases;
}

Outcome Meeting(const Case& one, int64_t write) {
  Scenario scenario = TwoEpochs(one.mirror, kSeed);
  std::vector<Strike>& strikes = one.sender ? scenario.sender_strikes : scenario.receiver_strikes;
  if (write > 0) strikes.push_back({.write = write, .blow = one.blow, .held = one.held});
  return Simulation(scenario, false).Run();
}

// In sanitized builds every n-th write is enough.
int64_t Stride() { return SeedShare() == 1 ? 1 : 17; }

// What a process may say that had to stop, and nothing else.
testing::Matcher<std::string> SaysWhy(Blow blow) {
  switch (blow) {
    case Blow::kMeetSecond:
      return AnyOf(HasSubstr("another sender has staged epoch"), HasSubstr("another receiver has answered"),
                   HasSubstr("a staged object is missing"));
    case Blow::kMeetForeign: return AnyOf(HasSubstr("somebody else has written"), HasSubstr("the target is not empty"));
    default: return HasSubstr("a commit that changes nothing came first");
  }
}

class EveryWriteMeets : public testing::TestWithParam<Case> {
 protected:
  // Adds up every outcome over all writes, of which each has to be good.
  void Sweep() {
    const Outcome clean = Meeting(GetParam(), 0);
    ASSERT_TRUE(clean.good()) << Describe(clean);
    const int64_t writes = GetParam().sender ? clean.sender_writes : clean.receiver_writes;
    for (int64_t write = 1; write <= writes; write += Stride()) {
      const Outcome outcome = Meeting(GetParam(), write);
      ASSERT_TRUE(outcome.good()) << "write " << write << ": " << Describe(outcome);
      sum_.seconds += outcome.seconds;
      sum_.foreign += outcome.foreign;
      sum_.foreign_named += outcome.foreign_named;
      sum_.harmless += outcome.harmless;
      sum_.errors.insert(outcome.errors.begin(), outcome.errors.end());
    }
  }

  Outcome sum_;
};

TEST_P(EveryWriteMeets, SomebodyElseAndBreaksNoRule) {
  Sweep();
  if (HasFatalFailure()) return;
  for (const std::string& error : sum_.errors) EXPECT_THAT(error, SaysWhy(GetParam().blow));
  if (Stride() > 1) return;  // how often they met is told by all writes only
  switch (GetParam().blow) {
    case Blow::kMeetSecond: EXPECT_GT(sum_.seconds, 1); break;
    case Blow::kMeetForeign:
      EXPECT_GT(sum_.foreign, 1);
      EXPECT_GT(sum_.foreign_named * 2, sum_.foreign);
      break;
    default: EXPECT_GT(sum_.harmless, 1); break;
  }
  if (GetParam().sender) EXPECT_THAT(sum_.errors, Contains(HasSubstr("another sender has staged epoch")));
}

INSTANTIATE_TEST_SUITE_P(TwoEpochs, EveryWriteMeets, testing::ValuesIn(AllCases()), NameOf);

}  // namespace
}  // namespace lakeferry::sim::meetings
