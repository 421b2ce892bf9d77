#include "workflow/airflow/airflow_source.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "http/origin.h"
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
  static size_t OffsetIn(const std::string& target) { return std::stoul(target.substr(target.find("offset=") + 7)); }
  static int64_t FromIn(const std::string& target) {
    const std::string text = target.substr(target.find("end_date_gte=") + 13);
    return ToEpochMs(ParseTime(PercentDecode(text)).value());
  }
  static bool IsOfEnded(const std::string& target) { return target.find("end_date_gte=") != std::string::npos; }
  DoubleAnswer Page(const std::string& rest) {
    std::vector<Dag> found;
    for (const Dag& dag : runs_) {
      const bool ended = dag.state == "success" || dag.state == "failed";
      if (ended == IsOfEnded(rest) && (!ended || dag.end >= FromIn(rest))) found.push_back(dag);
    }
    if (IsOfEnded(rest)) std::ranges::sort(found, {}, [](const Dag& dag) { return std::pair(dag.end, dag.id); });
    const size_t at = OffsetIn(rest);
    std::string page;
    for (size_t i = at; i < std::min(at + page_size_, found.size()); ++i) page += (i == at ? "" : ",") + Text(found[i]);
    return {.text = fmt::format(R"({{"dag_runs":[{}],"total_entries":{}}})", page, found.size())};
  }
  // As many runs as that, each of which ended a second after the one before it, all but `failed_` well. Every
  // request takes 10 ms.
  void HaveVeryManyRuns(int64_t count) {
    before_ = [this, count](const std::string& target) -> std::optional<DoubleAnswer> {
      world_.clock.Advance(Millis(10));
      if (!IsOfEnded(target)) return std::nullopt;
      const int64_t first =
          std::max<int64_t>(0, (FromIn(target) + 999) / 1000 - 1) + static_cast<int64_t>(OffsetIn(target));
      std::string page;
      for (int64_t i = first; i < std::min(first + 100, count); ++i) {
        page += (i == first ? "" : ",") + Text({std::to_string(i), failed_ == i ? "failed" : "success", 1, Ended(i)});
      }
      const int64_t total = count - first + static_cast<int64_t>(OffsetIn(target));
      return DoubleAnswer{.text = fmt::format(R"({{"dag_runs":[{}],"total_entries":{}}})", page, total)};
    };
  }
  static int64_t Ended(int64_t i) { return (i + 1) * 1000; }
  // A look that has so long.
  Result<std::vector<lakeferry::Run>> LookFor(Millis time) {
    const Call call{.deadline = world_.clock.Monotonic() + time};
    return RunTask(source_.RunsSince(call, "nightly", FromEpochMs(0)));
  }

  DoubleWorld world_;
  AirflowSource source_{world_.context(), ParseUrl("https://host/af").value(), std::make_shared<NumberedToken>()};
  std::string version_ = "v2";
  size_t page_size_ = 2;
  std::optional<int64_t> failed_;
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
    if (IsOfEnded(target)) runs_ = {{"a", "success", 100, 200}};
    return std::nullopt;
  };
  EXPECT_THAT(Since(0).value(), ElementsAre(Ran({"a", "success", 100, 200})));
}

TEST_F(AirflowSourceTest, AListWhoseEntriesMoveBetweenItsPagesLosesNone) {
  for (int i = 0; i < 5; ++i) runs_.push_back({fmt::format("r{}", i), "success", 100, 200 + 10 * i});
  int pages = 0;
  before_ = [&](const std::string& target) -> std::optional<DoubleAnswer> {
    if (IsOfEnded(target) && ++pages == 2) runs_.erase(runs_.begin());
    return std::nullopt;
  };
  EXPECT_THAT(Since(205).value(),
              UnorderedElementsAre(Ran({"r1", "success", 100, 210}), Ran({"r2", "success", 100, 220}),
                                   Ran({"r3", "success", 100, 230}), Ran({"r4", "success", 100, 240})));
}

TEST_F(AirflowSourceTest, MoreRunsThanAPageThatEndedAtOneInstantAreReadAndReadAgainWhereTheyMove) {
  for (int i = 0; i < 7; ++i) runs_.push_back({fmt::format("r{}", i), "success", 100, 200});
  runs_.push_back({"after", "success", 100, 300});
  EXPECT_EQ(Since(0).value().size(), 8U);
  int pages = 0;
  before_ = [&](const std::string& target) -> std::optional<DoubleAnswer> {
    if (IsOfEnded(target) && ++pages == 4) runs_.erase(runs_.begin());
    return std::nullopt;
  };
  const auto runs = Since(0).value();
  for (const Dag& dag : runs_) EXPECT_THAT(runs, testing::Contains(Ran(dag))) << dag.id;
}

TEST_F(AirflowSourceTest, AHundredThousandRunsAreReadInSeveralLooksAndKeptForTheNext) {
  constexpr int64_t kRuns = 100'000;
  HaveVeryManyRuns(kRuns);
  int looks = 1;
  for (;; ++looks) {
    ASSERT_LT(looks, 10);
    const auto runs = LookFor(Millis(4'000));
    if (runs) {
      EXPECT_EQ(runs->size(), static_cast<size_t>(kRuns));
      break;
    }
    EXPECT_EQ(runs.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(runs.error().message, AllOf(HasSubstr("of 100000 runs of DAG 'nightly' are read so far"),
                                            HasSubstr("the next look goes on")));
  }
  EXPECT_EQ(looks, 3) << "of 400 requests each; a thousand pages are wanted";
  EXPECT_LT(world_.http.asked.size(), 1'150U);
  world_.http.asked.clear();
  EXPECT_EQ(LookFor(Millis(4'000)).value().size(), static_cast<size_t>(kRuns)) << "a pass looks twice";
  EXPECT_LT(world_.http.asked.size(), 60U);
}

TEST_F(AirflowSourceTest, OfVeryManyRunsEachLookSeesWhatEndedSinceAndWhatIsActiveAgain) {
  HaveVeryManyRuns(20'000);
  ASSERT_EQ(LookFor(Millis(60'000)).value().size(), 20'000U);
  HaveVeryManyRuns(20'005);
  runs_ = {{"7", "running", 900}, {"19000", "queued"}};  // cleared, both
  const auto runs = LookFor(Millis(60'000)).value();
  EXPECT_EQ(runs.size(), 20'004U);
  EXPECT_THAT(runs, testing::Contains(Ran({"20004", "success", 1, Ended(20'004)})));
  EXPECT_THAT(runs, testing::Contains(Ran({"7", "running", 900})));
  EXPECT_THAT(runs, testing::Not(testing::Contains(testing::Field(&lakeferry::Run::run_id, "19000"))));
}

TEST_F(AirflowSourceTest, OfVeryManyRunsAStateThatIsSetByHandIsSeenSomeLooksLater) {
  HaveVeryManyRuns(20'000);
  ASSERT_TRUE(LookFor(Millis(60'000)));
  failed_ = 12'345;
  const auto is_seen = [&] {
    const auto runs = LookFor(Millis(60'000)).value();
    return std::ranges::find(runs, Ran({"12345", "failed", 1, Ended(12'345)})) != runs.end();
  };
  int looks = 0;
  while (looks < 20 && !is_seen()) ++looks;
  EXPECT_GT(looks, 1) << "200 pages, of which each look reads a part";
  EXPECT_LE(looks, 5);
}

TEST_F(AirflowSourceTest, AShortListThatBrokeOffIsReadOnAndThenAnewAtEachLook) {
  for (int i = 0; i < 6; ++i) runs_.push_back({fmt::format("r{}", i), "success", 100, 1'000 * (i + 1)});
  int pages = 0;
  before_ = [&](const std::string& target) -> std::optional<DoubleAnswer> {
    if (!IsOfEnded(target) || ++pages != 3) return std::nullopt;
    return DoubleAnswer{.status = 429, .headers = {{"Retry-After", "100"}}};
  };
  EXPECT_EQ(Since(0).error().code, ErrorCode::kThrottled);
  runs_.push_back({"newest", "success", 100, 9'000});
  runs_[0].state = "running";
  const auto on = Since(0).value();
  EXPECT_EQ(on.size(), 7U);
  EXPECT_THAT(on, testing::Contains(Ran(runs_[0]))) << "it was read as ended before";
  runs_.erase(runs_.begin() + 1);
  EXPECT_EQ(Since(0).value().size(), 6U) << "somebody deleted it";
}

TEST_F(AirflowSourceTest, ARunOfLongAgoThatIsClearedIsActiveAgain) {
  runs_ = {{"long_ago", "success", 100, 200}, {"newest", "success", 90'000, 95'000}};
  EXPECT_THAT(Since(95'000).value(), ElementsAre(Ran(runs_[1])));
  runs_[0] = {"long_ago", "running", 99'000};
  EXPECT_THAT(Since(95'000).value(), UnorderedElementsAre(Ran(runs_[0]), Ran(runs_[1])));
  runs_[0] = {"long_ago", "failed", 99'000, 99'500};
  EXPECT_THAT(Since(95'000).value(), UnorderedElementsAre(Ran(runs_[0]), Ran(runs_[1])))
      << "whether or not a look fell between";
}

TEST_F(AirflowSourceTest, RunsThatDoNotComeInTheOrderThatWasAskedForAreNoAnswer) {
  before_ = [&](const std::string& target) -> std::optional<DoubleAnswer> {
    if (!IsOfEnded(target)) return std::nullopt;
    const std::string page = Text({"b", "success", 100, 300}) + "," + Text({"a", "success", 100, 200});
    return DoubleAnswer{.text = fmt::format(R"({{"dag_runs":[{}],"total_entries":5}})", page)};
  };
  const auto runs = Since(0);
  EXPECT_EQ(runs.error().code, ErrorCode::kCorruptData);
  EXPECT_THAT(runs.error().message, HasSubstr("run 'a' does not stand in the order"));
}

TEST_F(AirflowSourceTest, PagesWithoutEndThatRepeatThemselvesAreRefused) {
  before_ = [&](const std::string& target) -> std::optional<DoubleAnswer> {
    if (!IsOfEnded(target)) return std::nullopt;
    return DoubleAnswer{
        .text = fmt::format(R"({{"dag_runs":[{}],"total_entries":{}}})", Text({"a", "success", 100, 200}), 1'000)};
  };
  const auto runs = Since(0);
  EXPECT_EQ(runs.error().code, ErrorCode::kCorruptData);
  EXPECT_LT(world_.http.asked.size(), 100U);
}

TEST_F(AirflowSourceTest, MoreRunsThanAnybodyReadsAreRefusedWithTheWayOut) {
  HaveVeryManyRuns(200'001);
  const auto runs = Since(0);
  ASSERT_EQ(runs.error().code, ErrorCode::kRefused);
  EXPECT_THAT(runs.error().message, HasSubstr("DAG 'nightly' has 200001 runs to look at, more than 200000"));
  EXPECT_THAT(runs.error().remedy, HasSubstr("force_sync_after"));
  EXPECT_LT(world_.http.asked.size(), 10U);
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
