#include "workflow/databricks/databricks_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run_task.h"
#include "tests/workflow/databricks/workspace_double.h"

namespace lakeferry::databricks {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr int64_t kNow = 1'700'000'000'000;
constexpr int64_t kDay = 86'400'000;

Run Ran(const std::string& workflow, int64_t id, int64_t start, int64_t end, RunState state = RunState::kSuccess) {
  return {.workflow = workflow,
          .run_id = std::to_string(id),
          .start = FromEpochMs(start),
          .end = end == 0 ? std::nullopt : std::optional(FromEpochMs(end)),
          .state = end == 0 ? RunState::kRunning : state};
}

class DatabricksSourceTest : public testing::Test {
 protected:
  DatabricksSourceTest() {
    workspace_.jobs = {{1, "nightly"}};
    world_.http.answer = [this](const std::string& target) { return workspace_.Answer(target); };
  }
  DatabricksSource& Source(std::vector<std::string> workflows = {"nightly"}) {
    if (source_ == nullptr) {
      source_ = std::make_unique<DatabricksSource>(world_.context(), ParseUrl("https://host").value(),
                                                   std::make_shared<NumberedToken>(),
                                                   SourceSettings{.workflows = std::move(workflows)});
    }
    return *source_;
  }
  Result<std::vector<lakeferry::Run>> Since(int64_t since, const std::string& workflow = "nightly") {
    return RunTask(Source().RunsSince({.deadline = deadline_}, workflow, FromEpochMs(since)));
  }
  Error ErrorSince(int64_t since, const std::string& workflow = "nightly") {
    const auto runs = Since(since, workflow);
    EXPECT_FALSE(runs);
    return runs ? Error{} : runs.error();
  }
  // As many runs of job 1 as that, of which one began every 50 seconds, the newest just now; all have ended well but
  // those in the double's own list, which stand in their place. Every request takes 20 ms.
  void HaveVeryManyRuns(int64_t count) {
    workspace_.page_size = 24;
    workspace_.before = [this, count](const std::string& target) -> std::optional<DoubleAnswer> {
      world_.clock.Advance(Millis(20));
      if (target.find("runs/list") == std::string::npos || target.find("active_only") != std::string::npos) {
        return std::nullopt;
      }
      const size_t token = target.find("page_token=");
      const int64_t at = token == std::string::npos ? 0 : std::stoll(target.substr(token + 11));
      const size_t from = target.find("start_time_from=");
      const int64_t oldest = from == std::string::npos ? 0 : std::stoll(target.substr(from + 16));
      return PageOf(at, std::min(count, (kNow - oldest) / 50'000), count);
    };
  }
  [[nodiscard]] DoubleAnswer PageOf(int64_t at, int64_t all, int64_t count) const {
    const int64_t end = std::min(at + 24, all);
    std::string runs;
    for (int64_t i = at; i < end; ++i) {
      const int64_t id = count - i;
      const auto own = std::ranges::find(workspace_.runs, id, &DoubleRun::id);
      const DoubleRun run =
          own != workspace_.runs.end() ? *own : DoubleRun{id, 1, kNow - (i + 1) * 50'000, kNow - i * 50'000};
      runs += fmt::format(R"({}{{"run_id":{},"job_id":1,"start_time":{},"end_time":{},{}}})", runs.empty() ? "" : ",",
                          id, run.start, run.end, run.state);
    }
    return {.text = fmt::format(R"({{"runs":[{}],"has_more":{}{}}})", runs, end < all,
                                end < all ? fmt::format(R"(,"next_page_token":"{}")", end) : "")};
  }
  // A look that has so long, of runs of all times.
  Result<std::vector<lakeferry::Run>> LookFor(Millis time) {
    deadline_ = world_.clock.Monotonic() + time;
    return Since(0);
  }
  // The names of jobs are looked at again.
  void AMinutePasses() { world_.clock.Advance(Millis(61'000)); }

  DoubleWorld world_;
  WorkspaceDouble workspace_;
  std::optional<Millis> deadline_;
  std::unique_ptr<DatabricksSource> source_;
};

TEST_F(DatabricksSourceTest, RunsOfAllPagesThatAreActiveOrEndedSinceAreThere) {
  workspace_.runs = {{15, 1, kNow - 500, 0, kRunning},
                     {14, 1, kNow - 2'000, kNow - 1'000, kFailed},
                     {13, 1, kNow - 3'000, kNow - 2'500},
                     {12, 1, kNow - 4'000, kNow - 3'500},
                     {11, 1, kNow - 5'000, kNow - 4'500}};
  EXPECT_THAT(Since(kNow - 3'500).value(),
              UnorderedElementsAre(
                  Ran("nightly", 15, kNow - 500, 0), Ran("nightly", 14, kNow - 2'000, kNow - 1'000, RunState::kFailed),
                  Ran("nightly", 13, kNow - 3'000, kNow - 2'500), Ran("nightly", 12, kNow - 4'000, kNow - 3'500)));
}

TEST_F(DatabricksSourceTest, AKnownJobWithoutRunsIsAnEmptyAnswerAndAnUnknownOneIsNotFound) {
  EXPECT_THAT(Since(0).value(), IsEmpty());
  const Error error = ErrorSince(0, "Nightly");
  EXPECT_EQ(error.code, ErrorCode::kNotFound) << "the service's filter takes either case";
  EXPECT_THAT(ToString(error), AllOf(HasSubstr("'Nightly'"), HasSubstr("https://host"), HasSubstr("job_id:")));
}

TEST_F(DatabricksSourceTest, AnAmbiguousNameIsRefusedWithTheIdsOfAllPagesAndAnIdIsTaken) {
  workspace_.jobs = {{1, "nightly"}, {22, "nightly"}, {333, "nightly"}};
  workspace_.runs = {{5, 22, kNow - 50, kNow}};
  const Error error = ErrorSince(0);
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(error.message, HasSubstr("job_id:1, job_id:22, job_id:333"));
  EXPECT_THAT(Since(0, "job_id:22").value(), ElementsAre(Ran("job_id:22", 5, kNow - 50, kNow)));
  EXPECT_EQ(ErrorSince(0, "job_id:4").code, ErrorCode::kNotFound);
  EXPECT_EQ(ErrorSince(0, "job_id:x").code, ErrorCode::kInvalidArgument);
}

TEST_F(DatabricksSourceTest, AWorkspaceThatKnowsOnlyTheOlderVersionIsAskedInThatAndKeptTo) {
  workspace_.version = "2.1";
  workspace_.runs = {{5, 1, kNow - 50, kNow}};
  EXPECT_EQ(Since(0).value().size(), 1U);
  world_.http.asked.clear();
  EXPECT_EQ(Since(0).value().size(), 1U);
  EXPECT_THAT(world_.http.asked, testing::Each(HasSubstr("/api/2.1/")));
}

TEST_F(DatabricksSourceTest, WhatKnowsNeitherVersionIsNoWorkspace) {
  workspace_.version = "9";
  const Error error = ErrorSince(0);
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(error.message, HasSubstr("neither as 2.2 nor as 2.1"));
}

TEST_F(DatabricksSourceTest, ARunThatStartedLongAgoAndIsActiveAgainIsThereUntilItHasEnded) {
  workspace_.runs = {{9, 1, kNow - 10, kNow - 5}, {3, 1, kNow - 30 * kDay, 0, kRunning}};  // under repair
  EXPECT_THAT(Since(kNow - 100).value(),
              UnorderedElementsAre(Ran("nightly", 9, kNow - 10, kNow - 5), Ran("nightly", 3, kNow - 30 * kDay, 0)));
  workspace_.runs[1].end = kNow - 1;
  workspace_.runs[1].state = kFailed;
  EXPECT_THAT(Since(kNow - 100).value(),
              UnorderedElementsAre(Ran("nightly", 9, kNow - 10, kNow - 5),
                                   Ran("nightly", 3, kNow - 30 * kDay, kNow - 1, RunState::kFailed)));
  EXPECT_EQ(Since(kNow - 100).value().size(), 2U) << "and stays, as long as its end is of interest";
  EXPECT_THAT(Since(kNow).value(), IsEmpty());
}

TEST_F(DatabricksSourceTest, AnActiveRunThatSomebodyDeletedHasFailed) {
  workspace_.runs = {{3, 1, kNow - 1'000, 0, kRunning}};
  EXPECT_EQ(Since(kNow - 2'000).value().size(), 1U);
  workspace_.runs.clear();
  EXPECT_THAT(Since(kNow - 2'000).value(), ElementsAre(Ran("nightly", 3, kNow - 1'000, kNow, RunState::kFailed)));
}

TEST_F(DatabricksSourceTest, QueuedAndSkippedRunsHaveBegunNothingAndAQueuedOneBeganWithItsTasks) {
  workspace_.runs = {
      {1, 1, kNow - 900, 0, R"("state":{"life_cycle_state":"QUEUED"})"},
      {2, 1, kNow - 900, kNow - 800, R"("state":{"life_cycle_state":"SKIPPED"})"},
      {3, 1, kNow - 900, kNow - 100, R"("state":{"life_cycle_state":"TERMINATED","result_state":"SUCCESS"})",
       R"(,"queue_duration":400)", fmt::format(R"(,"tasks":[{{"start_time":{}}}])", kNow - 450)}};
  EXPECT_THAT(Since(0).value(), ElementsAre(Ran("nightly", 3, kNow - 450, kNow - 100)));
  world_.http.asked.clear();
  EXPECT_EQ(Since(0).value().size(), 1U);
  EXPECT_THAT(world_.http.asked, testing::Not(testing::Contains(HasSubstr("runs/get")))) << "it is asked for once";
}

TEST_F(DatabricksSourceTest, JobsThatTasksRunAreWorkflowsOfTheGroupToo) {
  workspace_.jobs = {{1, "nightly"}, {2, "child"}, {3, "grandchild"}, {4, "named"}};
  workspace_.tasks[1] = R"({"task_key":"a","run_job_task":{"job_id":2}},{"task_key":"b","run_job_task":{"job_id":4}})";
  workspace_.tasks[2] =
      R"({"for_each_task":{"inputs":"[1]","task":{"run_job_task":{"job_id":3}}}},{"run_job_task":{"job_id":1}},)"
      R"({"run_job_task":{"job_id":77}})";
  workspace_.runs = {{10, 1, kNow - 900, kNow - 100},
                     {20, 2, kNow - 800, kNow - 700},
                     {30, 3, kNow - 790, kNow - 710},
                     {40, 4, kNow - 600, kNow - 500}};
  Source({"nightly", "named"});
  EXPECT_THAT(Since(0).value(), UnorderedElementsAre(Ran("nightly", 10, kNow - 900, kNow - 100),
                                                     Ran("job_id:2", 20, kNow - 800, kNow - 700),
                                                     Ran("job_id:3", 30, kNow - 790, kNow - 710)))
      << "without those of a job that the group names by itself, and without one that is gone";
  EXPECT_THAT(Since(0, "named").value(), ElementsAre(Ran("named", 40, kNow - 600, kNow - 500)));
}

TEST_F(DatabricksSourceTest, AJobThatWasRenamedOrDeletedIsNotFoundAndSaysWhatItWas) {
  EXPECT_TRUE(Since(0));
  workspace_.jobs = {{1, "daily"}};
  AMinutePasses();
  const Error renamed = ErrorSince(0);
  EXPECT_EQ(renamed.code, ErrorCode::kNotFound);
  EXPECT_THAT(renamed.message, HasSubstr("job 1, which was called so, was renamed or deleted"));
  workspace_.jobs.clear();
  AMinutePasses();
  EXPECT_EQ(ErrorSince(0).code, ErrorCode::kNotFound);
}

TEST_F(DatabricksSourceTest, OfAJobThatAnotherOfTheSameNameReplacedTheActiveRunsAreFollowedToTheirEnd) {
  workspace_.runs = {{5, 1, kNow - 900, 0, kRunning}};
  EXPECT_EQ(Since(0).value().size(), 1U);
  workspace_.jobs = {{8, "nightly"}};
  workspace_.runs.push_back({6, 8, kNow - 500, kNow - 400});
  AMinutePasses();
  EXPECT_THAT(Since(0).value(),
              UnorderedElementsAre(Ran("nightly", 5, kNow - 900, 0), Ran("nightly", 6, kNow - 500, kNow - 400)));
  workspace_.runs[0].end = kNow - 300;
  workspace_.runs[0].state = kFailed;
  EXPECT_THAT(Since(0).value(), UnorderedElementsAre(Ran("nightly", 5, kNow - 900, kNow - 300, RunState::kFailed),
                                                     Ran("nightly", 6, kNow - 500, kNow - 400)));
}

TEST_F(DatabricksSourceTest, ARunThatEndsInTheFutureIsToldAsItIs) {
  workspace_.runs = {{5, 1, kNow - 900, kNow + kDay}};
  EXPECT_THAT(Since(0).value(), ElementsAre(Ran("nightly", 5, kNow - 900, kNow + kDay)));
}

TEST_F(DatabricksSourceTest, AnswersThatAreNoneAreRefusedWithWhatIsWrong) {
  const std::pair<std::string, std::string> wrong[] = {
      {"", "not a JSON object"},
      {"[]", "not a JSON object"},
      {"<html>log in</html>", "a web page"},
      {R"({"runs":{}})", "runs"},
      {R"({"runs":[1]})", "runs"},
      {R"({"runs":[{"run_id":1,"job_id":2,"start_time":1,"end_time":2,"state":{"life_cycle_state":"TERMINATED"}}]})",
       "of job 2 stands among those of job 1"},
      {R"({"runs":[],"has_more":true})", "no token"},
      {R"({"runs":[],"next_page_token":"same"})", "in a circle"},
  };
  for (const auto& [text, what] : wrong) {
    workspace_.before = [&](const std::string& target) {
      return target.find("runs/list") == std::string::npos ? std::nullopt : std::optional(DoubleAnswer{.text = text});
    };
    const Error error = ErrorSince(0);
    EXPECT_EQ(error.code, ErrorCode::kCorruptData) << text;
    EXPECT_THAT(error.message, HasSubstr(what)) << text;
    EXPECT_NE(error.remedy, "");
  }
}

TEST_F(DatabricksSourceTest, PagesWithoutEndThatRepeatThemselvesAreRefused) {
  workspace_.before = [page = 0](const std::string& target) mutable -> std::optional<DoubleAnswer> {
    if (target.find("runs/list") == std::string::npos) return std::nullopt;
    return DoubleAnswer{
        .text = fmt::format(R"({{"next_page_token":"t{}","runs":[{{"run_id":1,"job_id":1,"start_time":1,"end_time":2,)"
                            R"("state":{{"life_cycle_state":"TERMINATED"}}}}]}})",
                            page++)};
  };
  EXPECT_THAT(ErrorSince(0).message, HasSubstr("have no end"));
  EXPECT_LT(world_.http.asked.size(), 100U);
}

TEST_F(DatabricksSourceTest, RunsThatComeInAnyOrderAndTwiceAreTakenOnce) {
  workspace_.runs = {{11, 1, kNow - 5'000, kNow - 4'500},
                     {13, 1, kNow - 3'000, kNow - 2'500},
                     {12, 1, kNow - 4'000, kNow - 3'500},
                     {13, 1, kNow - 3'000, kNow - 2'500}};
  EXPECT_EQ(Since(0).value().size(), 3U);
}

TEST_F(DatabricksSourceTest, AHundredThousandRunsAreReadInSeveralLooksAndKeptForTheNext) {
  HaveVeryManyRuns(100'000);
  int looks = 1;
  for (;; ++looks) {
    ASSERT_LT(looks, 10);
    const auto runs = LookFor(Millis(60'000));
    if (runs) {
      EXPECT_EQ(runs->size(), 100'000U);
      break;
    }
    EXPECT_EQ(runs.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(runs.error().message,
                AllOf(HasSubstr("runs of job 1 are read so far"), HasSubstr("the next look goes on")));
  }
  EXPECT_GT(looks, 1);
  world_.http.asked.clear();
  EXPECT_EQ(LookFor(Millis(60'000)).value().size(), 100'000U) << "a pass looks twice";
  EXPECT_LT(world_.http.asked.size(), 200U);
}

TEST_F(DatabricksSourceTest, OfVeryManyRunsEachLookSeesWhatIsRepairedAndWhatCameOfIt) {
  HaveVeryManyRuns(20'000);
  constexpr int64_t kId = 18'000;
  constexpr int64_t kStart = kNow - 2'001 * int64_t{50'000};  // more than a day ago: no look lists it among the newest
  // The list that is read anew has told of it when it begins again.
  for (int looks = 0; looks < 3; ++looks) ASSERT_EQ(LookFor(Millis(60'000)).value().size(), 20'000U);
  workspace_.runs = {{kId, 1, kStart, 0, kRunning}};
  EXPECT_THAT(LookFor(Millis(60'000)).value(), testing::Contains(Ran("nightly", kId, kStart, 0)));
  workspace_.runs = {{kId, 1, kStart, kNow - 1, kFailed}};
  for (int looks = 0; looks < 40; ++looks) {
    const auto runs = LookFor(Millis(60'000));
    ASSERT_TRUE(runs);
    EXPECT_EQ(runs->size(), 20'000U);
    EXPECT_THAT(*runs, testing::Contains(Ran("nightly", kId, kStart, kNow - 1, RunState::kFailed))) << looks;
  }
}

TEST_F(DatabricksSourceTest, OfVeryManyRunsARepairThatFellBetweenTwoLooksIsSeenSomeLooksLater) {
  HaveVeryManyRuns(20'000);
  ASSERT_EQ(LookFor(Millis(60'000)).value().size(), 20'000U);
  constexpr int64_t kStart = kNow - 7'656 * int64_t{50'000};
  workspace_.runs = {{12'345, 1, kStart, kNow - 1, kFailed}};
  const auto is_seen = [&] {
    const auto runs = LookFor(Millis(60'000)).value();
    return std::ranges::find(runs, Ran("nightly", 12'345, kStart, kNow - 1, RunState::kFailed)) != runs.end();
  };
  int looks = 0;
  while (looks < 60 && !is_seen()) ++looks;
  EXPECT_GT(looks, 1) << "834 pages, of which each look reads a part";
  EXPECT_LT(looks, 40);
}

TEST_F(DatabricksSourceTest, WhatWasRepairedWhileNobodyLookedIsSeenByTheFirstLookAndStays) {
  workspace_.runs = {{9, 1, kNow - 10, kNow - 5}, {3, 1, kNow - 30 * kDay, kNow - 7, kFailed}};
  const auto both = UnorderedElementsAre(Ran("nightly", 9, kNow - 10, kNow - 5),
                                         Ran("nightly", 3, kNow - 30 * kDay, kNow - 7, RunState::kFailed));
  EXPECT_THAT(Since(kNow - 100).value(), both);
  world_.http.asked.clear();
  EXPECT_THAT(Since(kNow - 100).value(), both);
  EXPECT_THAT(world_.http.asked, testing::Not(testing::Contains(HasSubstr("start_time_to")))) << "it is asked for once";
}

TEST_F(DatabricksSourceTest, OfAJobWithManyRunsOfLongAgoTheFirstLookReadsTheNewestOfThem) {
  workspace_.page_size = 24;
  for (int64_t i = 0; i < 5'000; ++i) workspace_.runs.push_back({5'000 - i, 1, kNow - 2 * kDay - i, kNow - kDay});
  EXPECT_THAT(Since(kNow - 100).value(), IsEmpty());
  EXPECT_LT(world_.http.asked.size(), 30U);
}

TEST_F(DatabricksSourceTest, ANewRunWhileOldPagesWereReadInALaterLookIsThereToo) {
  workspace_.runs = {{12, 1, kNow - 300, kNow - 250}, {11, 1, kNow - 400, kNow - 350}, {10, 1, kNow - 500, kNow - 450}};
  workspace_.before = [&](const std::string& target) -> std::optional<DoubleAnswer> {
    if (target.find("page_token") == std::string::npos) return std::nullopt;
    return DoubleAnswer{.status = 429, .headers = {{"Retry-After", "100"}}};
  };
  EXPECT_EQ(ErrorSince(kNow - 1'000).code, ErrorCode::kThrottled);
  workspace_.before = nullptr;
  workspace_.runs.insert(workspace_.runs.begin(), {13, 1, kNow + 10, kNow + 20});
  EXPECT_EQ(Since(kNow - 1'000).value().size(), 4U);
}

TEST_F(DatabricksSourceTest, SaysWhatItsClockShowsAndHowToMendRuns) {
  EXPECT_EQ(RunTask(Source().PresentTime({})).value(), FromEpochMs(kNow));
  EXPECT_THAT(Source().HowToCorrect(Ran("nightly", 7, 1, 0)),
              AllOf(HasSubstr("cancel run 7"), HasSubstr("https://host")));
  EXPECT_THAT(Source().HowToCorrect(Ran("nightly", 7, 1, 2)), HasSubstr("repair run 7"));
  EXPECT_THAT(Source().HowToEnter("nightly"), HasSubstr("nightly"));
  EXPECT_EQ(Source().name(), "Databricks workspace");
}

}  // namespace
}  // namespace lakeferry::databricks
