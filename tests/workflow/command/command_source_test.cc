#include "workflow/command/command_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"
#include "workflow/command/child_output.h"
#include "workflow/command/run_list.h"

namespace lakeferry {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

ChildOrder Shell(const std::string& script) { return {.command = {"/bin/sh", "-c", script}, .environment = {}}; }

TEST(ChildOutput, GivesWhatItPrintsAndNothingOfOurEnvironmentButWhatIsHarmless) {
  ::setenv("LAKEFERRY_TEST_TOKEN", "secret-of-ours", 1);
  ChildOrder order = Shell("env");
  order.environment = {"LAKEFERRY_WORKFLOW=nightly"};
  const auto text = RunChild(order, {});
  ASSERT_TRUE(text);
  EXPECT_THAT(*text,
              AllOf(HasSubstr("LAKEFERRY_WORKFLOW=nightly"), HasSubstr("PATH="), Not(HasSubstr("secret-of-ours"))));
}

TEST(ChildOutput, WhatItSaysOnItsStandardErrorIsInTheErrorOnOneLine) {
  const auto failed = RunChild(Shell("echo 'no such\nserver' >&2; exit 3"), {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(failed.error().message, HasSubstr(R"(ended with exit code 3: no such\nserver)"));
  EXPECT_THAT(RunChild(Shell("kill -9 $$"), {}).error().message, HasSubstr("signal 9"));
}

TEST(ChildOutput, ItsOutputAndItsTimeAreBoundedAndItsChildrenEndWithIt) {
  ChildOrder endless = Shell("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done");
  endless.bytes_max = 100'000;
  EXPECT_THAT(RunChild(endless, {}).error().message, HasSubstr("more than 100000 bytes"));
  ChildOrder loud = Shell("i=0; while [ $i -lt 20000 ]; do echo noise >&2; i=$((i+1)); done; echo done");
  EXPECT_EQ(RunChild(loud, {}).value(), "done\n") << "a full pipe of errors holds nothing up";
  ChildOrder slow = Shell("echo waiting >&2; sleep 100 & sleep 100");
  slow.longest = std::chrono::milliseconds(300);
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_THAT(RunChild(slow, {}).error().message, AllOf(HasSubstr("took longer than 300 ms"), HasSubstr("waiting")));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

TEST(ChildOutput, AChildThatItLeavesBehindHoldsNothingUp) {
  EXPECT_EQ(RunChild(Shell("sleep 100 & echo '{}'"), {}).value(), "{}\n");
}

TEST(ChildOutput, AStopEndsIt) {
  std::stop_source stop;
  std::jthread stopping([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.request_stop();
  });
  EXPECT_EQ(RunChild(Shell("sleep 100"), stop.get_token()).error().code, ErrorCode::kCancelled);
}

TEST(ChildOutput, WhatCannotBeStartedIsSaid) {
  const auto absent = RunChild({.command = {"/nowhere/runs"}, .environment = {}}, {});
  EXPECT_EQ(absent.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(ToString(absent.error()), AllOf(HasSubstr("/nowhere/runs"), HasSubstr("No such file")));
}

TEST(RunList, TakesTimesAsTextOrMilliseconds) {
  const auto runs =
      ReadRunList(R"({"runs":[{"run_id":"a","start":"2026-01-01T00:00:00.000Z","end":"2026-01-01T01:00:00+00:00",)"
                  R"("state":"success"},)"
                  R"({"run_id":"b","start_ms":1767229200000,"end_ms":null,"state":"running"}]})",
                  "nightly");
  ASSERT_TRUE(runs) << ToString(runs.error());
  EXPECT_EQ(runs->at(0).end, FromEpochMs(1'767'229'200'000));
  EXPECT_EQ(runs->at(0).end_slack, Millis(999)) << "whole seconds have lost their fraction";
  EXPECT_EQ(runs->at(1).start, FromEpochMs(1'767'229'200'000));
  EXPECT_EQ(runs->at(1).end, std::nullopt);
}

TEST(RunList, SaysWhatIsWrong) {
  const auto wrong = [](const std::string& text) { return ToString(ReadRunList(text, "nightly").error()); };
  EXPECT_THAT(wrong(""), HasSubstr("not a JSON object"));
  EXPECT_THAT(wrong("{}"), HasSubstr("runs"));
  EXPECT_THAT(wrong(R"({"workflow":"other","runs":[]})"), HasSubstr("another workflow"));
  const auto run = [&](const std::string& rest) { return wrong(R"({"runs":[{"run_id":"a",)" + rest + "}]}"); };
  EXPECT_THAT(run(R"("state":"done","start_ms":1)"), HasSubstr("in no state"));
  EXPECT_THAT(run(R"("state":"success","start_ms":1)"), HasSubstr("lacks its end"));
  EXPECT_THAT(run(R"("state":"running","start_ms":1,"end_ms":2)"), HasSubstr("is running, and has an end"));
  EXPECT_THAT(run(R"("state":"success","end_ms":2)"), HasSubstr("lacks its start"));
  EXPECT_THAT(run(R"("state":"success","start_ms":3,"end_ms":2)"), HasSubstr("ends before it starts"));
  EXPECT_THAT(run(R"("state":"running","start":"2026-01-01T00:00:00")"), HasSubstr("no time with its zone"));
  EXPECT_THAT(wrong(R"({"runs":[{"run_id":"a\n","state":"running","start_ms":1}]})"), HasSubstr("control"));
  EXPECT_THAT(wrong(R"({"runs":[{"run_id":"a","state":"running","start_ms":1},)"
                    R"({"run_id":"a","state":"running","start_ms":1}]})"),
              HasSubstr("twice"));
  EXPECT_EQ(ReadRunList(R"({"known":false})", "nightly").error().code, ErrorCode::kNotFound);
}

class CommandSourceTest : public testing::Test {
 protected:
  Result<std::vector<lakeferry::Run>> Since(const std::string& script, int64_t since) {
    CommandSource source(pool_.get_executor(), clock_,
                         {.command = {"/bin/sh", "-c", script}, .longest = Millis(20'000), .group = "orders"});
    return RunTask(source.RunsSince({}, "nightly", FromEpochMs(since)));
  }
  boost::asio::thread_pool pool_{1};
  ManualClock clock_;
};

TEST_F(CommandSourceTest, TellsTheProgramWhatIsAskedForAndDropsWhatEndedBefore) {
  const auto runs = Since(R"(test "$LAKEFERRY_GROUP $LAKEFERRY_SINCE" = 'orders 1970-01-01T00:00:00.200Z' || exit 9
echo '{"workflow":"'$LAKEFERRY_WORKFLOW'","runs":[{"run_id":"a","start_ms":1,"end_ms":100,"state":"success"},'
echo '{"run_id":"b","start_ms":1,"end_ms":200,"state":"failed"},{"run_id":"c","start_ms":1,"state":"running"}]}')",
                          200);
  ASSERT_TRUE(runs) << ToString(runs.error());
  std::vector<std::string> ids;
  for (const lakeferry::Run& run : *runs) ids.push_back(run.run_id);
  EXPECT_THAT(ids, ElementsAre("b", "c"));
}

TEST_F(CommandSourceTest, WhatItPrintsWrongIsSaidOfTheProgram) {
  EXPECT_THAT(ToString(Since("echo hello", 0).error()), AllOf(HasSubstr("/bin/sh"), HasSubstr("no list of runs")));
  clock_.Advance(Millis(0));
  CommandSource source(pool_.get_executor(), clock_,
                       {.command = {"/opt/runs"}, .longest = Millis(1'000), .group = "g"});
  EXPECT_EQ(RunTask(source.RunsSince({.deadline = clock_.Monotonic()}, "w", FromEpochMs(0))).error().code,
            ErrorCode::kUnavailable);
  EXPECT_EQ(RunTask(source.PresentTime({})).value(), std::nullopt);
  EXPECT_THAT(source.HowToCorrect({.workflow = "w", .run_id = "7", .start = {}, .end = {}}), HasSubstr("/opt/runs"));
  EXPECT_THAT(source.HowToEnter("w"), HasSubstr("/opt/runs"));
  EXPECT_EQ(source.name(), "program for runs");
}

}  // namespace
}  // namespace lakeferry
