#include "workflow/airflow/airflow_source.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/run_task.h"
#include "tests/workflow/service_double.h"
#include "workflow/airflow/dag_run.h"

namespace lakeferry::airflow {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct Dag {
  std::string id;
  std::string state;
  int64_t start = 0;
  int64_t end = 0;
};

lakeferry::Run Ran(const Dag& dag) {
  lakeferry::Run run{.workflow = "nightly", .run_id = dag.id, .start = FromEpochMs(dag.start), .end = {}};
  if (dag.state != "success" && dag.state != "failed") return run;
  run.end = FromEpochMs(dag.end);
  run.state = dag.state == "success" ? RunState::kSuccess : RunState::kFailed;
  return run;
}

std::string Text(const Dag& dag) {
  const auto time = [](int64_t ms) { return ms == 0 ? "null" : "\"" + FormatUtc(FromEpochMs(ms)) + "\""; };
  return fmt::format(
      R"({{"dag_id":"nightly","dag_run_id":"{}","state":"{}","start_date":{},"end_date":{},"conf":{{}}}})", dag.id,
      dag.state, time(dag.start), time(dag.end));
}

class AirflowSourceTest : public testing::Test {
 protected:
  AirflowSourceTest() {
    world_.http.answer = [this](const std::string& target) { return Answer(target); };
  }
  Result<std::vector<lakeferry::Run>> Since(int64_t since, const std::string& dag = "nightly") {
    return RunTask(source_.RunsSince({}, dag, FromEpochMs(since)));
  }
  DoubleAnswer Answer(const std::string& target) {
    if (before_) {
      if (auto answer = before_(target)) return *answer;
    }
    const std::string base = "/af/api/" + version_ + "/";
    if (!target.starts_with(base)) return {.status = 404, .text = R"({"detail":"Not Found"})"};
    const std::string rest = target.substr(base.size());
    if (rest == "version") return {.text = R"({"version":"3.3.2"})"};
    if (!rest.starts_with("dags/nightly")) return {.status = 404, .text = R"({"detail":"no DAG"})"};
    return rest == "dags/nightly" ? DoubleAnswer{} : Page(rest);
  }
  DoubleAnswer Page(const std::string& rest) {
    const bool active = rest.find("state=running") != std::string::npos;
    std::vector<std::string> found;
    for (const Dag& dag : runs_) {
      const bool ended = dag.state == "success" || dag.state == "failed";
      if (ended != active) found.push_back(Text(dag));
    }
    const size_t at = std::stoul(rest.substr(rest.find("offset=") + 7));
    std::string page;
    for (size_t i = at; i < std::min(at + page_size_, found.size()); ++i) page += (i == at ? "" : ",") + found[i];
    return {.text = fmt::format(R"({{"dag_runs":[{}],"total_entries":{}}})", page, found.size())};
  }

  DoubleWorld world_;
  AirflowSource source_{world_.context(), ParseUrl("https://host/af").value(), std::make_shared<NumberedToken>()};
  std::string version_ = "v2";
  size_t page_size_ = 2;
  std::vector<Dag> runs_;
  std::function<std::optional<DoubleAnswer>(const std::string&)> before_;
};

TEST_F(AirflowSourceTest, RunsOfEveryKindAndPageThatAreActiveOrEndedSinceAreThere) {
  runs_ = {
      {"scheduled__2026", "success", 100, 200}, {"manual__1", "failed", 300, 400}, {"backfill__1", "success", 500, 600},
      {"asset_triggered__1", "running", 700},   {"manual__2", "queued"},           {"manual__3", "restarting", 710}};
  EXPECT_THAT(Since(400).value(), UnorderedElementsAre(Ran(runs_[1]), Ran(runs_[2]), Ran(runs_[3]), Ran(runs_[5])))
      << "without the queued one, which has begun nothing";
}

TEST_F(AirflowSourceTest, AClearedRunIsActiveAgain) {
  runs_ = {{"scheduled__1", "success", 100, 200}};
  EXPECT_THAT(Since(0).value(), ElementsAre(Ran(runs_[0])));
  runs_ = {{"scheduled__1", "queued"}};
  EXPECT_THAT(Since(0).value(), IsEmpty()) << "until it begins";
  runs_ = {{"scheduled__1", "running", 900}};
  EXPECT_THAT(Since(0).value(), ElementsAre(Ran(runs_[0])));
}

TEST_F(AirflowSourceTest, ARunThatEndsBetweenTheTwoListsHasEnded) {
  runs_ = {{"a", "running", 100}};
  before_ = [&](const std::string& target) -> std::optional<DoubleAnswer> {
    if (target.find("end_date_gte") != std::string::npos) runs_ = {{"a", "success", 100, 200}};
    return std::nullopt;
  };
  EXPECT_THAT(Since(0).value(), ElementsAre(Ran({"a", "success", 100, 200})));
}

TEST_F(AirflowSourceTest, AListWhoseEntriesMoveBetweenItsPagesIsReadAgain) {
  for (int i = 0; i < 5; ++i) runs_.push_back({fmt::format("r{}", i), "success", 100, 200 + i});
  int pages = 0;
  before_ = [&](const std::string& target) -> std::optional<DoubleAnswer> {
    if (target.find("end_date_gte") != std::string::npos && ++pages == 2) runs_.erase(runs_.begin());
    return std::nullopt;
  };
  EXPECT_THAT(Since(0).value(),
              UnorderedElementsAre(Ran({"r1", "success", 100, 201}), Ran({"r2", "success", 100, 202}),
                                   Ran({"r3", "success", 100, 203}), Ran({"r4", "success", 100, 204})))
      << "r2 was left out by the first reading";
}

TEST_F(AirflowSourceTest, AHundredThousandRunsAreReadAndAListThatTimeIsTooShortForSaysHowFarItCame) {
  constexpr int64_t kRuns = 100'000;
  before_ = [&](const std::string& target) -> std::optional<DoubleAnswer> {
    world_.clock.Advance(Millis(10));
    const size_t at = target.find("offset=");
    if (target.find("end_date_gte") == std::string::npos) return std::nullopt;
    const int64_t first = std::stoll(target.substr(at + 7));
    std::string page;
    for (int64_t i = first; i < std::min(first + 100, kRuns); ++i) {
      page += (i == first ? "" : ",") + Text({std::to_string(i), "success", 100, 200});
    }
    return DoubleAnswer{.text = fmt::format(R"({{"dag_runs":[{}],"total_entries":{}}})", page, kRuns)};
  };
  EXPECT_EQ(Since(0).value().size(), static_cast<size_t>(kRuns));
  const Call call{.deadline = world_.clock.Monotonic() + Millis(1'000)};
  const auto late = RunTask(source_.RunsSince(call, "nightly", FromEpochMs(0)));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(late.error().message, HasSubstr("of 100000 runs of DAG 'nightly' were read"));
}

TEST_F(AirflowSourceTest, AListThatNeverFitsIsNoAnswer) {
  before_ = [](const std::string& target) -> std::optional<DoubleAnswer> {
    if (target.find("dagRuns") == std::string::npos) return std::nullopt;
    return DoubleAnswer{.text = R"({"dag_runs":[],"total_entries":5})"};
  };
  EXPECT_EQ(Since(0).error().code, ErrorCode::kCorruptData);
}

TEST_F(AirflowSourceTest, AnUnknownDagIsNotFoundAndAnOlderAirflowIsAskedInItsOwnWay) {
  version_ = "v1";
  runs_ = {{"a", "success", 100, 200}};
  EXPECT_EQ(Since(0).value().size(), 1U);
  EXPECT_THAT(world_.http.asked.back(), HasSubstr("/af/api/v1/dags/nightly/dagRuns?"));
  const auto unknown = Since(0, "a/../b c");
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(world_.http.asked.back(), HasSubstr("dags/a%2F..%2Fb%20c"));
  EXPECT_THAT(ToString(unknown.error()), AllOf(HasSubstr("a/../b c"), HasSubstr("https://host")));
}

TEST_F(AirflowSourceTest, WhatHasNeitherApiIsNoAirflow) {
  version_ = "v9";
  EXPECT_THAT(Since(0).error().message, HasSubstr("neither as v2 nor as v1"));
}

TEST_F(AirflowSourceTest, AnswersThatAreNoneAreRefusedWithWhatIsWrong) {
  const std::pair<std::string, std::string> wrong[] = {
      {"", "not a JSON object"},
      {"<!doctype html>", "a web page"},
      {"{}", "dag_runs"},
      {R"({"dag_runs":[]})", "total_entries"},
      {R"({"dag_runs":[{"dag_id":"other","dag_run_id":"x","state":"running"}],"total_entries":1})", "of DAG 'other'"},
      {R"({"dag_runs":[{"dag_id":"nightly","dag_run_id":"x","state":"running"}],"total_entries":1})",
       "when it started"},
      {R"({"dag_runs":[{"dag_id":"nightly","dag_run_id":"x","state":"success","start_date":"x"}],"total_entries":1})",
       "start_date is no time"},
      {R"({"dag_runs":[{"dag_id":"nightly","dag_run_id":"x","state":"success","start_date":"2026-01-01T00:00:00Z"}],)"
       R"("total_entries":1})",
       "does not say when"},
      {R"({"dag_runs":[{"dag_id":"nightly","dag_run_id":"x","state":"success","start_date":"2026-01-01T00:00:00Z",)"
       R"("end_date":"2025-01-01T00:00:00Z"}],"total_entries":1})",
       "ends before it starts"},
      {R"({"dag_runs":[],"total_entries":300000})", "more than 200000"},
  };
  for (const auto& [text, what] : wrong) {
    before_ = [&](const std::string& target) {
      return target.find("dagRuns") == std::string::npos ? std::nullopt : std::optional(DoubleAnswer{.text = text});
    };
    const auto runs = Since(0);
    ASSERT_FALSE(runs) << text;
    EXPECT_THAT(runs.error().message, HasSubstr(what)) << text;
  }
}

TEST_F(AirflowSourceTest, MicrosecondsAreNeverCutOffAnEnd) {
  json::Reader reader(10'000);
  const auto end = [&](const std::string& text) {
    const std::string whole =
        R"({"dag_id":"d","dag_run_id":"x","state":"success","start_date":"2026-01-01T00:00:00Z","end_date":")" + text +
        "\"}";
    const auto fields = reader.Read(whole, "a run", "");
    return ReadDagRun(*fields, "d").value()->end.value();
  };
  EXPECT_EQ(FormatUtc(end("2026-01-01T00:00:01.123456Z")), "2026-01-01T00:00:01.124Z");
  EXPECT_EQ(FormatUtc(end("2026-01-01T00:00:01.123000+00:00")), "2026-01-01T00:00:01.123Z");
  EXPECT_EQ(FormatUtc(end("2026-01-01T02:00:01+02:00")), "2026-01-01T00:00:01.000Z");
}

TEST_F(AirflowSourceTest, SaysWhatItsClockShowsAndHowToMendRuns) {
  EXPECT_EQ(RunTask(source_.PresentTime({})).value(), FromEpochMs(1'700'000'000'000));
  EXPECT_THAT(source_.HowToCorrect(Ran({"a", "running", 1})), HasSubstr("mark run 'a' as failed"));
  EXPECT_THAT(source_.HowToCorrect(Ran({"a", "failed", 1, 2})), HasSubstr("clear run 'a'"));
  EXPECT_THAT(source_.HowToEnter("nightly"), HasSubstr("nightly"));
  EXPECT_EQ(source_.name(), "Airflow");
}

}  // namespace
}  // namespace lakeferry::airflow
