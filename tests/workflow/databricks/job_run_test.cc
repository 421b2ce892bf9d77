#include "workflow/databricks/job_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>

namespace lakeferry::databricks {
namespace {

Result<JobRun> Read(const std::string& members) {
  json::Reader reader(100'000);
  const auto fields =
      reader.Read(R"({"run_id":7,"job_id":1,"start_time":1000,"end_time":2000,)" + members + "}", "a run", "");
  if (!fields) return std::unexpected(fields.error());
  return ReadJobRun(*fields);
}

std::string Old(const std::string& life, const std::string& result = "") {
  return R"("state":{"life_cycle_state":")" + life + "\"" +
         (result.empty() ? "" : R"(,"result_state":")" + result + "\"") + "}";
}

std::string New(const std::string& state, const std::string& code = "") {
  return R"("status":{"state":")" + state + "\"" +
         (code.empty() ? "" : R"(,"termination_details":{"code":")" + code + R"(","type":"X"})") + "}";
}

TEST(JobRun, EveryStateOfBothFormsComesToOneOfFive) {
  struct Case {
    std::string members;
    Phase phase;
    RunState state;
  };
  using enum RunState;
  const Case cases[] = {
      {Old("QUEUED"), Phase::kQueued, kRunning},
      {Old("PENDING"), Phase::kActive, kRunning},
      {Old("RUNNING"), Phase::kActive, kRunning},
      {Old("TERMINATING", "SUCCESS"), Phase::kActive, kRunning},
      {Old("BLOCKED"), Phase::kActive, kRunning},
      {Old("WAITING_FOR_RETRY"), Phase::kActive, kRunning},
      {Old("TERMINATED", "SUCCESS"), Phase::kEnded, kSuccess},
      {Old("TERMINATED", "SUCCESS_WITH_FAILURES"), Phase::kEnded, kSuccess},
      {Old("TERMINATED", "FAILED"), Phase::kEnded, kFailed},
      {Old("TERMINATED", "TIMEDOUT"), Phase::kEnded, kFailed},
      {Old("TERMINATED", "CANCELED"), Phase::kEnded, kFailed},
      {Old("TERMINATED", "UPSTREAM_FAILED"), Phase::kEnded, kFailed},
      {Old("TERMINATED", "SOMETHING_NEW"), Phase::kEnded, kFailed},
      {Old("INTERNAL_ERROR", "FAILED"), Phase::kEnded, kFailed},
      {Old("SKIPPED"), Phase::kNever, kRunning},
      {Old("TERMINATED", "MAXIMUM_CONCURRENT_RUNS_REACHED"), Phase::kNever, kRunning},
      {Old("TERMINATED", "DISABLED"), Phase::kNever, kRunning},
      {New("QUEUED"), Phase::kQueued, kRunning},
      {New("WAITING"), Phase::kActive, kRunning},
      {New("TERMINATING", "SUCCESS"), Phase::kActive, kRunning},
      {New("TERMINATED", "SUCCESS"), Phase::kEnded, kSuccess},
      {New("TERMINATED", "RUN_EXECUTION_ERROR"), Phase::kEnded, kFailed},
      {New("TERMINATED", "USER_CANCELED"), Phase::kEnded, kFailed},
      {New("TERMINATED", "SKIPPED"), Phase::kNever, kRunning},
      {New("TERMINATED", "MAX_CONCURRENT_RUNS_EXCEEDED"), Phase::kNever, kRunning},
      {New("TERMINATED", "SUCCESS") + "," + Old("TERMINATED", "FAILED"), Phase::kEnded,
       kSuccess},                                       // the new form counts
      {New("NEVER_HEARD_OF"), Phase::kEnded, kFailed},  // it says when it ended
  };
  for (const Case& one : cases) {
    const auto run = Read(one.members);
    ASSERT_TRUE(run) << one.members;
    EXPECT_EQ(std::tuple(run->phase, run->state), std::tuple(one.phase, one.state)) << one.members;
  }
}

TEST(JobRun, AnUnknownStateWithoutAnEndIsThatOfARunThatGoesOn) {
  EXPECT_EQ(Read(New("NEVER_HEARD_OF")).value().phase, Phase::kEnded);
  json::Reader reader(1'000);
  const auto fields = reader.Read(
      R"({"run_id":7,"job_id":1,"start_time":1000,"end_time":0,"status":{"state":"NEVER_HEARD_OF"}})", "a run", "");
  EXPECT_EQ(ReadJobRun(*fields).value().phase, Phase::kActive);
}

TEST(JobRun, ARepairedRunEndsWithItsLastRepair) {
  const auto run = Read(Old("TERMINATED", "SUCCESS") +
                        R"(,"repair_history":[{"type":"ORIGINAL","end_time":1500},{"type":"REPAIR","end_time":9000}])");
  EXPECT_EQ(run.value().end, FromEpochMs(9'000));
  EXPECT_TRUE(run->in_pieces);
}

TEST(JobRun, ARunThatWaitedInAQueueBeganWithItsFirstTask) {
  const std::string queued = Old("TERMINATED", "SUCCESS") + R"(,"queue_duration":500)";
  const std::string tasks = R"(,"tasks":[{"start_time":1700},{"start_time":1600}])";
  EXPECT_EQ(Read(queued + tasks).value().Began(), FromEpochMs(1'600));
  EXPECT_EQ(Read(queued).value().Began(), FromEpochMs(1'000)) << "its tasks are not told";
  EXPECT_EQ(Read(Old("TERMINATED", "SUCCESS") + tasks).value().Began(), FromEpochMs(1'000)) << "it never waited";
  EXPECT_EQ(Read(queued + tasks + R"(,"has_more":true)").value().Began(), FromEpochMs(1'000))
      << "not all tasks are told";
  EXPECT_EQ(Read(queued + R"(,"tasks":[{"start_time":1700,"attempt_number":1}])").value().Began(), FromEpochMs(1'000))
      << "an attempt before this one began earlier";
}

TEST(JobRun, WhatContradictsItselfIsNoRun) {
  EXPECT_EQ(Read(R"("state":{})").error().code, ErrorCode::kCorruptLog);
  json::Reader reader(1'000);
  for (const std::string text :
       {R"({"job_id":1,"start_time":1,"end_time":2,"state":{"life_cycle_state":"TERMINATED"}})",
        R"({"run_id":1,"start_time":1,"end_time":2,"state":{"life_cycle_state":"TERMINATED"}})",
        R"({"run_id":1,"job_id":1,"end_time":2,"state":{"life_cycle_state":"TERMINATED"}})",
        R"({"run_id":1,"job_id":1,"start_time":5,"end_time":2,"state":{"life_cycle_state":"TERMINATED"}})",
        R"({"run_id":1,"job_id":1,"start_time":5,"end_time":0,"state":{"life_cycle_state":"TERMINATED"}})",
        R"({"run_id":"1","job_id":1,"start_time":1,"end_time":2,"state":{"life_cycle_state":"TERMINATED"}})"}) {
    const auto fields = reader.Read(text, "a run", "");
    EXPECT_FALSE(ReadJobRun(*fields)) << text;
  }
}

}  // namespace
}  // namespace lakeferry::databricks
