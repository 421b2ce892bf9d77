// Traces of epochs: ids that both sides come to, and steps that are parts of one another.
#include "plan/trace/epoch_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace lakeferry::plan {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

TimeMs At(int64_t ms) { return FromEpochMs(ms); }

EpochRecord RecordOf(Role role, EpochState state = EpochState::kApplied) {
  EpochRecord record;
  record.role = role;
  record.group = "orders";
  record.epoch = Epoch(7);
  record.manifest_sha256 = "ab12";
  record.state = state;
  record.started = At(150);
  record.run_ids = {"r1", "r2"};
  record.tables = {{.table = "a", .files = 2, .bytes = 10}, {.table = "b", .files = 1, .bytes = 5}};
  return record;
}

const TraceStep& Find(const EpochTrace& trace, const std::string& name) {
  const auto found = std::ranges::find(trace.steps, name, &TraceStep::name);
  EXPECT_NE(found, trace.steps.end()) << name;
  return found == trace.steps.end() ? trace.steps.front() : *found;
}

std::vector<std::string> NamesOf(const EpochTrace& trace) {
  std::vector<std::string> names;
  for (const TraceStep& step : trace.steps) names.push_back(step.name);
  return names;
}

const std::vector<StageMark> kSent{{GroupStage::kReleasing, At(50)},
                                   {GroupStage::kCutting, At(100)},
                                   {GroupStage::kCopying, At(150)},
                                   {GroupStage::kPublishing, At(900)},
                                   {GroupStage::kIdle, At(1'000)}};
const std::vector<StageMark> kReceived{{GroupStage::kIntake, At(2'000)},
                                       {GroupStage::kPlacing, At(2'100)},
                                       {GroupStage::kCommitting, At(2'500)},
                                       {GroupStage::kAnswering, At(2'600)}};

TEST(EpochTrace, BothSidesComeToOneTraceAndTheReceiversWholeIsAPartOfTheSenders) {
  const EpochTrace sent = TraceOfStaged(kSent, RecordOf(Role::kSender), At(1'001));
  const EpochTrace received = TraceOfAnswered(kReceived, {}, RecordOf(Role::kReceiver), At(2'700));
  EXPECT_EQ(TraceIdOf(sent), TraceIdOf(received));
  EXPECT_THAT(TraceIdOf(sent), MatchesRegex("[0-9a-f]{32}"));
  EXPECT_TRUE(sent.steps[0].parent.empty());
  EXPECT_EQ(SpanIdOf(sent, sent.steps[0].id), SpanIdOf(received, received.steps[0].parent));
  std::set<std::string> ids;
  for (const EpochTrace* trace : {&sent, &received}) {
    for (const TraceStep& step : trace->steps) {
      EXPECT_THAT(SpanIdOf(*trace, step.id), MatchesRegex("[0-9a-f]{16}"));
      EXPECT_TRUE(ids.insert(SpanIdOf(*trace, step.id)).second) << step.name;
    }
  }
  EpochRecord other = RecordOf(Role::kSender);
  other.manifest_sha256 = "ab13";
  EXPECT_NE(TraceIdOf(TraceOfStaged(kSent, other, At(1))), TraceIdOf(sent)) << "an epoch that was staged anew";
}

TEST(EpochTrace, TheSendersWholeLastsFromTheCutOn) {
  const EpochTrace sent = TraceOfStaged(kSent, RecordOf(Role::kSender), At(1'001));
  EXPECT_THAT(NamesOf(sent), ElementsAre("epoch 7 of orders", "cutting", "copying", "publishing"));
  EXPECT_EQ(sent.steps[0].began, At(100));
  EXPECT_EQ(sent.steps[0].ended, At(1'001));
  EXPECT_EQ(Find(sent, "copying").began, At(150));
  EXPECT_EQ(Find(sent, "copying").ended, At(900));
  for (size_t i = 1; i < sent.steps.size(); ++i) EXPECT_EQ(sent.steps[i].parent, sent.steps[0].id);
  const auto& values = sent.steps[0].values;
  const auto has = [&values](const std::string& key, const TraceValue& value) {
    return std::ranges::find(values, std::pair(key, value)) != values.end();
  };
  EXPECT_TRUE(has("lakeferry.files", int64_t{3}));
  EXPECT_TRUE(has("lakeferry.bytes", int64_t{15}));
  EXPECT_TRUE(has("lakeferry.run_ids", std::string("r1,r2")));
  EXPECT_TRUE(has("lakeferry.atomic", true));
}

TEST(EpochTrace, CommitsAreAPartOfTheirStage) {
  const EpochTrace received = TraceOfAnswered(kReceived, {{.table = "a", .began = At(2'510), .ended = At(2'550)}},
                                              RecordOf(Role::kReceiver), At(2'700));
  EXPECT_THAT(NamesOf(received),
              ElementsAre("apply epoch 7 of orders", "intake", "placing", "committing", "answering", "commit a"));
  EXPECT_EQ(Find(received, "commit a").parent, Find(received, "committing").id);
  EXPECT_EQ(Find(received, "answering").ended, At(2'700));
  EXPECT_EQ(received.steps[0].began, At(150)) << "as the record has it, where that is earlier";
}

TEST(EpochTrace, AStageThatIsEnteredTwiceIsOneStep) {
  const std::vector<StageMark> twice{
      {GroupStage::kPlacing, At(1)}, {GroupStage::kIdle, At(2)}, {GroupStage::kPlacing, At(3)}};
  const EpochTrace trace = TraceOfAnswered(twice, {}, RecordOf(Role::kReceiver), At(9));
  ASSERT_EQ(trace.steps.size(), 2U);
  EXPECT_EQ(trace.steps[1].began, At(1));
  EXPECT_EQ(trace.steps[1].ended, At(9));
}

TEST(EpochTrace, ARefusalIsAnErrorOfTheReceiversWhole) {
  EpochRecord record = RecordOf(Role::kReceiver, EpochState::kRefused);
  record.error = "a table is not configured here";
  const EpochTrace trace = TraceOfAnswered(kReceived, {}, record, At(2'700));
  EXPECT_EQ(trace.steps[0].name, "refuse epoch 7 of orders");
  EXPECT_EQ(trace.steps[0].error, "a table is not configured here");
}

}  // namespace
}  // namespace lakeferry::plan
