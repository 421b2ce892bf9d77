// Whether `check` sees that a source may lose what was not sent yet.
#include "engine/inquire/lag_check.h"

#include "tests/engine/inquire/check_fixture.h"

namespace lakeferry::engine {
namespace {

using plan::Severity;
using ::testing::Not;

class LagCheckTest : public ::testing::Test, public CheckedGroup {
 protected:
  // Commits are kept for 30 days.
  auto LagAfter(Millis age) {
    world_.clock.Advance(age);
    return world_.Run(CheckLag({}, world_.west, world_.spec));
  }
};

TEST_F(LagCheckTest, WhatIsSentOrYoungThreatensNothing) {
  EXPECT_EQ(LagAfter(std::chrono::days(40)), std::nullopt) << "there is no epoch yet";
  Replicate();
  EXPECT_EQ(LagAfter(std::chrono::days(40)), std::nullopt) << "all was sent";
  world_.AppendAll("r1", "f1");
  EXPECT_EQ(LagAfter(std::chrono::days(14)), std::nullopt);
}

TEST_F(LagCheckTest, HalfOfTheTimeIsAWarningAndAllOfItAnError) {
  Replicate();
  world_.AppendAll("r1", "f1");
  const auto half = LagAfter(std::chrono::days(16));
  ASSERT_TRUE(half.has_value());
  EXPECT_EQ(half->severity, Severity::kWarning);
  EXPECT_THAT(half->what, ::testing::HasSubstr("group 'orders' lags behind what its sources keep"));
  EXPECT_FALSE(half->remedy.empty());
  const auto over = LagAfter(std::chrono::days(15));
  ASSERT_TRUE(over.has_value());
  EXPECT_EQ(over->severity, Severity::kError);
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kError, "lags behind what its sources keep"));
  EXPECT_THAT(Check(Role::kReceiver), Not(HasFinding(Severity::kError, "lags behind what its sources keep")));
}

}  // namespace
}  // namespace lakeferry::engine
