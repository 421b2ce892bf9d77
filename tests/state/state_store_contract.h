// The contract of env/state_store.h as tests. Include it in one file of a test executable, and instantiate
// StateStoreContract there with each store.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "env/state_store.h"
#include "tests/state/state_samples.h"
#include "tests/support/run_task.h"

namespace lakeferry {

// A fresh, empty store and whatever it needs to live.
class StateStoreUnderTest {
 public:
  virtual ~StateStoreUnderTest() = default;
  virtual StateStore& store() = 0;
};

struct StateStoreKind {
  std::string name;
  std::function<std::unique_ptr<StateStoreUnderTest>()> make;
};
inline void PrintTo(const StateStoreKind& kind, std::ostream* out) { *out << kind.name; }

class StateStoreContract : public testing::TestWithParam<StateStoreKind> {
 protected:
  StateStore& store() { return under_test_->store(); }
  void Save(StateChange change) {
    const auto status = RunTask(store().Save({}, std::move(change)));
    ASSERT_TRUE(status.has_value()) << ToString(status.error());
  }
  std::vector<std::string> RunIds(std::string workflow, int64_t since_ms) {
    std::vector<std::string> ids;
    for (const lakeferry::Run& run : RunTask(store().Runs({}, std::move(workflow), FromEpochMs(since_ms))).value()) {
      ids.push_back(run.run_id);
    }
    return ids;
  }

  std::unique_ptr<StateStoreUnderTest> under_test_ = GetParam().make();
};

TEST_P(StateStoreContract, AnEmptyStoreHasNothing) {
  EXPECT_EQ(RunTask(store().Group({}, Role::kSender, "g")).value(), std::nullopt);
  EXPECT_TRUE(RunTask(store().Groups({})).value().empty());
  EXPECT_TRUE(RunTask(store().Epochs({}, Role::kSender, "g", 10)).value().empty());
  EXPECT_EQ(RunTask(store().Journal({}, "g")).value(), "");
  EXPECT_TRUE(RunTask(store().Runs({}, "w", TimeMs::min())).value().empty());
}

TEST_P(StateStoreContract, AGroupComesBackAsItWasSaved) {
  const GroupRecord full = SampleGroup(Role::kSender, "sales");
  const GroupRecord bare{.role = Role::kReceiver, .group = "sales"};
  Save({.groups = {full, bare}});
  EXPECT_EQ(RunTask(store().Group({}, Role::kSender, "sales")).value(), full);
  EXPECT_EQ(RunTask(store().Group({}, Role::kReceiver, "sales")).value(), bare);
}

TEST_P(StateStoreContract, AnEpochComesBackAsItWasSaved) {
  const EpochRecord full = SampleEpoch(Role::kReceiver, "sales", 7);
  EpochRecord bare{.role = Role::kReceiver, .group = "sales", .epoch = Epoch(8)};
  Save({.epochs = {full, bare}});
  EXPECT_THAT(RunTask(store().Epochs({}, Role::kReceiver, "sales", 10)).value(), testing::ElementsAre(bare, full));
}

TEST_P(StateStoreContract, ARecordReplacesTheOneWithItsKeyWhole) {
  GroupRecord group = SampleGroup(Role::kSender, "g");
  EpochRecord epoch = SampleEpoch(Role::kSender, "g", 1);
  Save({.groups = {group}, .epochs = {epoch}});
  group.tables = {"only.one"};
  group.workflows.clear();
  group.cut_time.reset();
  epoch.tables.pop_back();
  epoch.run_ids.clear();
  epoch.state = EpochState::kRefused;
  Save({.groups = {group}, .epochs = {epoch}});
  EXPECT_EQ(RunTask(store().Group({}, Role::kSender, "g")).value(), group);
  EXPECT_THAT(RunTask(store().Epochs({}, Role::kSender, "g", 10)).value(), testing::ElementsAre(epoch));
}

TEST_P(StateStoreContract, GroupsAreByRoleThenName) {
  Save({.groups = {SampleGroup(Role::kReceiver, "a"), SampleGroup(Role::kSender, "z"),
                   SampleGroup(Role::kSender, "b")}});
  std::vector<std::string> order;
  for (const GroupRecord& record : RunTask(store().Groups({})).value()) {
    order.push_back(std::string(RoleName(record.role)) + ":" + record.group);
  }
  EXPECT_THAT(order, testing::ElementsAre("sender:b", "sender:z", "receiver:a"));
}

TEST_P(StateStoreContract, EpochsAreNewestFirstAtMostLimitAndOfThatRoleAndGroup) {
  StateChange change;
  for (const int64_t epoch : {9, 10, 11, 100}) change.epochs.push_back(SampleEpoch(Role::kSender, "g", epoch));
  change.epochs.push_back(SampleEpoch(Role::kReceiver, "g", 101));
  change.epochs.push_back(SampleEpoch(Role::kSender, "other", 102));
  Save(std::move(change));
  std::vector<int64_t> order;
  for (const EpochRecord& record : RunTask(store().Epochs({}, Role::kSender, "g", 3)).value()) {
    order.push_back(record.epoch.value());
  }
  EXPECT_THAT(order, testing::ElementsAre(100, 11, 10));
  EXPECT_TRUE(RunTask(store().Epochs({}, Role::kSender, "g", 0)).value().empty());
}

TEST_P(StateStoreContract, AJournalIsReplacedAndErasedByEmptyContent) {
  const std::string content = "line 1\nline \xF0\x9F\x8C\x8A 'quoted'";
  Save({.journals = {{"g", "old"}, {"h", "kept"}}});
  Save({.journals = {{"g", content}}});
  EXPECT_EQ(RunTask(store().Journal({}, "g")).value(), content);
  Save({.journals = {{"g", ""}}});
  EXPECT_EQ(RunTask(store().Journal({}, "g")).value(), "");
  EXPECT_EQ(RunTask(store().Journal({}, "h")).value(), "kept");
}

inline Notice SampleNotice(std::string id, int64_t created) {
  return {.id = std::move(id),
          .channel = "ops",
          .role = Role::kReceiver,
          .incident = "{\"group\": \"\xF0\x9F\x8C\x8A\"}",
          .created = FromEpochMs(created),
          .attempts = 2,
          .next = FromEpochMs(created + 5),
          .arrived = {},
          .error = "down"};
}

TEST_P(StateStoreContract, ANoticeIsAddedOnceChangedAndTakenAway) {
  const Notice first = SampleNotice("b", 10);
  const Notice second = SampleNotice("a", 20);
  StateChange change;
  change.new_notices = {second, first};
  Save(change);
  EXPECT_THAT(RunTask(store().Notices({})).value(), testing::ElementsAre(first, second));
  Notice arrived = first;
  arrived.attempts = 3;
  arrived.next.reset();
  arrived.arrived = FromEpochMs(30);
  arrived.error.clear();
  StateChange changed;
  changed.notices = {arrived, SampleNotice("never added", 1)};
  changed.new_notices = {SampleNotice("b", 99)};
  changed.gone_notices = {"a"};
  Save(changed);
  EXPECT_THAT(RunTask(store().Notices({})).value(), testing::ElementsAre(arrived));
}

TEST_P(StateStoreContract, InstructionsAreKeptNewestFirst) {
  const auto said = [](InstructionKind kind, Role role, std::string group, int64_t at) {
    return Instruction{.kind = kind,
                       .role = role,
                       .group = std::move(group),
                       .table = "t",
                       .by = "alice",
                       .why = "why not",
                       .given = FromEpochMs(at)};
  };
  const Instruction pause = said(InstructionKind::kPause, Role::kSender, "g", 3);
  const Instruction resync = said(InstructionKind::kResync, Role::kSender, "g", 1);
  const Instruction resume = said(InstructionKind::kResume, Role::kSender, "g", 2);
  StateChange change;
  change.instructions = {pause, said(InstructionKind::kPause, Role::kReceiver, "g", 4),
                         said(InstructionKind::kPause, Role::kSender, "h", 5), resync};
  Save(change);
  StateChange more;
  more.instructions = {resume};
  Save(more);
  EXPECT_THAT(RunTask(store().Instructions({}, Role::kSender, "g", 10)).value(),
              testing::ElementsAre(resume, resync, pause));
  EXPECT_THAT(RunTask(store().Instructions({}, Role::kSender, "g", 1)).value(), testing::ElementsAre(resume));
  EXPECT_TRUE(RunTask(store().Instructions({}, Role::kReceiver, "h", 10)).value().empty());
}

TEST_P(StateStoreContract, ComparisonsOfLiveSetsAreTheNewestByTable) {
  const LiveSetCheck first = SampleCheck(Role::kSender, "g", "b");
  const LiveSetCheck other = SampleCheck(Role::kSender, "g", "a");
  Save({.live_set_checks = {first, other, SampleCheck(Role::kReceiver, "g", "b"),
                            SampleCheck(Role::kSender, "h", "b")}});
  LiveSetCheck again = first;
  again.epoch = Epoch(8);
  again.result = LiveSetResult::kSame;
  again.reason.clear();
  Save({.live_set_checks = {again}});
  EXPECT_THAT(RunTask(store().LiveSetChecks({}, Role::kSender, "g")).value(), testing::ElementsAre(other, again));
  EXPECT_TRUE(RunTask(store().LiveSetChecks({}, Role::kReceiver, "h")).value().empty());
  EXPECT_THAT(RunTask(store().LiveSetChecks({}, Role::kSender, std::nullopt)).value(),
              testing::ElementsAre(other, again, SampleCheck(Role::kSender, "h", "b")));
}

TEST_P(StateStoreContract, RunsAreThoseNotEndedOrEndedSinceByStart) {
  Save({.runs = {{"w", "late", FromEpochMs(300), FromEpochMs(400), RunState::kSuccess},
                 {"w", "open", FromEpochMs(100), std::nullopt, RunState::kRunning},
                 {"w", "edge", FromEpochMs(150), FromEpochMs(200), RunState::kFailed},
                 {"w", "old", FromEpochMs(120), FromEpochMs(199), RunState::kSuccess},
                 {"other", "x", FromEpochMs(300), FromEpochMs(400), RunState::kSuccess}}});
  EXPECT_THAT(RunIds("w", 200), testing::ElementsAre("open", "edge", "late"));
  EXPECT_THAT(RunIds("w", 401), testing::ElementsAre("open"));
}

TEST_P(StateStoreContract, ARunComesBackAsItWasSavedAndCanEnd) {
  lakeferry::Run run{"w", "1", FromEpochMs(100), std::nullopt, RunState::kRunning};
  Save({.runs = {run}});
  run.end = FromEpochMs(500);
  run.end_slack = Millis(999);
  run.state = RunState::kSuccess;
  Save({.runs = {run}});
  EXPECT_THAT(RunTask(store().Runs({}, "w", TimeMs::min())).value(), testing::ElementsAre(run));
}

TEST_P(StateStoreContract, ARunThatIsTakenOutIsGoneAndItsRemovalKept) {
  const lakeferry::Run run{"w", "1", FromEpochMs(100), FromEpochMs(200), RunState::kFailed, Millis(99)};
  const RunRemoval removal{.run = run,
                           .by = "Ada",
                           .why = "a typing error",
                           .removed = FromEpochMs(900),
                           .cut_into = "epoch 3 of group 'g'"};
  Save({.runs = {run, {"w", "2", FromEpochMs(100), FromEpochMs(300), RunState::kSuccess}}});
  EXPECT_TRUE(RunTask(store().RemovedRuns({}, "w")).value().empty());
  Save({.removals = {removal}});
  EXPECT_THAT(RunIds("w", 0), testing::ElementsAre("2"));
  EXPECT_THAT(RunTask(store().RemovedRuns({}, "w")).value(), testing::ElementsAre(removal));
  EXPECT_TRUE(RunTask(store().RemovedRuns({}, "other")).value().empty());
  Save({.runs = {run}});
  EXPECT_THAT(RunIds("w", 0), testing::ElementsAre("1", "2")) << "it may be entered again";
  RunRemoval again = removal;
  again.by = "Grace";
  Save({.removals = {again}});
  EXPECT_THAT(RunTask(store().RemovedRuns({}, "w")).value(), testing::ElementsAre(removal, again));
}

TEST_P(StateStoreContract, TextIsDataWhateverItHolds) {
  const std::string nasty = "'; DROP TABLE groups; --\n\"";
  Save({.groups = {SampleGroup(Role::kSender, nasty)}});
  EXPECT_EQ(RunTask(store().Group({}, Role::kSender, nasty)).value(), SampleGroup(Role::kSender, nasty));
}

}  // namespace lakeferry
