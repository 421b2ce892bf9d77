#include "plan/group/pace.h"

namespace lakeferry::plan {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

TEST(Pace, LooksAtEverythingEveryFiveMinutesOrMoreOften) {
  GroupSpec spec;
  spec.sync_interval = hours(12);
  EXPECT_EQ(LookEvery(spec), minutes(5));
  spec.sync_interval = Millis(30'000);
  EXPECT_EQ(LookEvery(spec), Millis(30'000));
}

TEST(Pace, RunsAreCutOneIntervalAfterTheLastCutAtTheEarliest) {
  GroupSpec spec;
  spec.workflows = {"nightly"};
  spec.sync_interval = hours(12);
  const TimeMs last = FromEpochMs(1'800'000'000'000);
  EXPECT_EQ(NextCutNotBefore(spec, last), last + hours(12));
  EXPECT_EQ(NextCutNotBefore(spec, std::nullopt), std::nullopt);
  spec.workflows.clear();
  EXPECT_EQ(NextCutNotBefore(spec, last), std::nullopt) << "a schedule has instants of its own";
}

}  // namespace
}  // namespace lakeferry::plan
