#include "workflow/ledger_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/memory_state_store.h"
#include "tests/support/run_task.h"
#include "workflow/push_source.h"

namespace lakeferry {
namespace {

class LedgerSourceTest : public testing::Test {
 protected:
  void Enter(lakeferry::Run run) { ASSERT_TRUE(RunTask(state_.Save({}, {.runs = {std::move(run)}})).has_value()); }
  MemoryStateStore state_;
  LedgerSource source_{&state_};
};

TEST_F(LedgerSourceTest, AWorkflowNobodyEnteredIsNotFoundAndTheRemedyIsACommand) {
  Enter({"other", "1", FromEpochMs(0), std::nullopt, RunState::kRunning});
  const auto runs = RunTask(source_.RunsSince({}, "nightly", FromEpochMs(0)));
  ASSERT_FALSE(runs.has_value());
  EXPECT_EQ(runs.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(runs.error().message, testing::HasSubstr("nightly"));
  EXPECT_THAT(runs.error().remedy, testing::HasSubstr("lakeferry runs add nightly"));
}

TEST_F(LedgerSourceTest, PushedRunsAreTheLedgersAndTheRemedyIsARequest) {
  PushSource pushed(source_);
  const auto none = RunTask(pushed.RunsSince({}, "nightly", FromEpochMs(0)));
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(none.error().remedy, testing::HasSubstr("POST /v1/runs"));
  Enter({"nightly", "1", FromEpochMs(100), FromEpochMs(200), RunState::kSuccess});
  EXPECT_EQ(RunTask(pushed.RunsSince({}, "nightly", FromEpochMs(0)))->size(), 1U);
}

TEST_F(LedgerSourceTest, AKnownWorkflowWithoutRecentRunsIsAnEmptyAnswer) {
  Enter({"nightly", "1", FromEpochMs(100), FromEpochMs(200), RunState::kSuccess});
  const auto runs = RunTask(source_.RunsSince({}, "nightly", FromEpochMs(201)));
  ASSERT_TRUE(runs.has_value());
  EXPECT_TRUE(runs->empty());
}

TEST_F(LedgerSourceTest, SaysHowToEnterAndCorrectItsRuns) {
  const lakeferry::Run dead{"nightly", "7", FromEpochMs(100), std::nullopt, RunState::kRunning};
  EXPECT_THAT(source_.HowToCorrect(dead),
              testing::HasSubstr("lakeferry runs add nightly --run-id 7 --end now --state failed"));
  const lakeferry::Run wrong{"nightly", "7", FromEpochMs(100), FromEpochMs(200), RunState::kSuccess};
  EXPECT_THAT(source_.HowToCorrect(wrong), testing::HasSubstr("lakeferry runs remove nightly --run-id 7 --by"));
  EXPECT_THAT(source_.HowToEnter("nightly"), testing::HasSubstr("lakeferry runs add nightly --run-id"));
  EXPECT_EQ(source_.name(), "run ledger");
  EXPECT_EQ(RunTask(source_.PresentTime({})).value(), std::nullopt) << "this machine's clock";
}

TEST_F(LedgerSourceTest, RunsThatAreActiveOrEndedSinceAreAllThere) {
  const lakeferry::Run ended{"nightly", "1", FromEpochMs(100), FromEpochMs(200), RunState::kSuccess};
  const lakeferry::Run active{"nightly", "2", FromEpochMs(150), std::nullopt, RunState::kRunning};
  Enter(ended);
  Enter(active);
  EXPECT_THAT(RunTask(source_.RunsSince({}, "nightly", FromEpochMs(200))).value(),
              testing::UnorderedElementsAre(ended, active));
}

}  // namespace
}  // namespace lakeferry
