// Notices on record are delivered, each channel by itself, in order, again and again, and not for ever.
#include "notify/notice_desk.h"

#include <map>

#include "plan/incident/incident_json.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_state_store.h"
#include "tests/support/run_task.h"

namespace lakeferry::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NoDice final : public Random {
 public:
  uint64_t Next() override { return 0; }
};

class KeptLog final : public Logger {
 public:
  std::vector<std::string> events;
  void Write(LogLevel, std::string_view event, std::vector<LogField>) override { events.emplace_back(event); }
};

class NoticeDeskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"ops", "chat"}) {
      desk_.Add(name, [this, name = std::string(name)](Call, Incident incident, std::string id) -> Task<Status> {
        ++attempts_[name];
        if (failure_.contains(name)) co_return std::unexpected(failure_.at(name));
        told_.push_back(name + " " + incident.group + " " + id);
        co_return Status{};
      });
    }
  }
  void Put(const std::string& channel, const std::string& id) {
    StateChange change;
    change.new_notices.push_back({.id = id,
                                  .channel = channel,
                                  .incident = plan::ToJson({.group = "orders"}),
                                  .created = clock_.WallTime(),
                                  .next = clock_.WallTime()});
    ASSERT_TRUE(RunTask(state_.Save({}, std::move(change))));
    clock_.Advance(Millis(1));
  }
  void Flush() { RunTask(desk_.Flush({}, Role::kSender)); }
  std::map<std::string, Notice> Known() {
    std::map<std::string, Notice> by_id;
    for (Notice& notice : RunTask(state_.Notices({})).value()) by_id.emplace(notice.id, std::move(notice));
    return by_id;
  }

  MemoryStateStore state_;
  ManualClock clock_;
  NoDice random_;
  KeptLog log_;
  NoticeDesk desk_{state_, clock_, random_, log_, {.waiting_max = 3}};
  std::map<std::string, Error> failure_;
  std::map<std::string, int> attempts_;
  std::vector<std::string> told_;
};

const Error kDown{.code = ErrorCode::kUnavailable, .message = "down", .where = {}, .remedy = {}};
const Error kGone{.code = ErrorCode::kRefused, .message = "gone", .where = {}, .remedy = {}};

TEST_F(NoticeDeskTest, EachArrivesOnceAndInOrder) {
  Put("ops", "b");
  Put("ops", "a");
  Flush();
  Flush();
  EXPECT_THAT(told_, ElementsAre("ops orders b", "ops orders a"));
  EXPECT_TRUE(Known().at("a").arrived.has_value());
  Put("ops", "a");  // put on record again, as by a pass after a crash
  Flush();
  EXPECT_EQ(told_.size(), 2U);
}

TEST_F(NoticeDeskTest, ADeadReceiverHoldsUpNoOtherAndLosesNothing) {
  failure_["ops"] = kDown;
  Put("ops", "1");
  Put("ops", "2");
  Put("chat", "3");
  Flush();
  EXPECT_THAT(told_, ElementsAre("chat orders 3"));
  EXPECT_EQ(attempts_["ops"], 1) << "what comes after the first waits for it";
  Flush();
  EXPECT_EQ(attempts_["ops"], 1) << "not before it is due again";
  failure_.clear();
  clock_.Advance(Millis(1'000));
  Flush();
  EXPECT_THAT(told_, ElementsAre("chat orders 3", "ops orders 1", "ops orders 2"));
}

TEST_F(NoticeDeskTest, PausesGrowUntilItIsGivenUpWithAWarning) {
  failure_["ops"] = kDown;
  Put("ops", "1");
  std::vector<int64_t> pauses;
  for (int i = 0; i < 200 && log_.events.empty(); ++i) {
    Flush();
    const Notice notice = Known().at("1");
    if (!notice.next) break;
    pauses.push_back((*notice.next - clock_.WallTime()).count());
    clock_.Advance(*notice.next - clock_.WallTime());
  }
  ASSERT_GT(pauses.size(), 10U);
  EXPECT_EQ(pauses[0], 1'000);
  EXPECT_EQ(pauses[1], 2'000);
  EXPECT_EQ(pauses.back(), 300'000);
  EXPECT_THAT(log_.events, ElementsAre("notice given up"));
  EXPECT_TRUE(Known().at("1").given_up());
  EXPECT_EQ(Known().at("1").error, "down");
}

TEST_F(NoticeDeskTest, WhatIsRefusedIsGivenUpAtOnceAndTheNextOneTried) {
  failure_["ops"] = kGone;
  Put("ops", "1");
  Put("ops", "2");
  Flush();
  EXPECT_EQ(attempts_["ops"], 2);
  EXPECT_TRUE(Known().at("1").given_up());
  EXPECT_TRUE(Known().at("2").given_up());
}

TEST_F(NoticeDeskTest, AsLongAsItSaysIsWaitedForButNotForLonger) {
  failure_["ops"] = kDown;
  failure_["ops"].retry_after = Millis(30'000);
  Put("ops", "1");
  Flush();
  EXPECT_EQ(*Known().at("1").next - clock_.WallTime(), Millis(30'000));
  failure_["ops"].retry_after = std::chrono::hours(100);
  Put("chat", "x");
  clock_.Advance(Millis(30'000));
  Flush();
  EXPECT_EQ(*Known().at("1").next - clock_.WallTime(), Millis(300'000));
}

TEST_F(NoticeDeskTest, OfTooManyTheOldestAreGivenUp) {
  for (const char* id : {"1", "2", "3", "4", "5"}) Put("ops", id);
  Flush();
  EXPECT_TRUE(Known().at("1").given_up());
  EXPECT_TRUE(Known().at("2").given_up());
  EXPECT_THAT(told_, ElementsAre("ops orders 3", "ops orders 4", "ops orders 5"));
}

TEST_F(NoticeDeskTest, WhatArrivedIsForgottenAfterDays) {
  Put("ops", "1");
  Flush();
  clock_.Advance(std::chrono::hours(47));
  Flush();
  EXPECT_EQ(Known().size(), 1U);
  clock_.Advance(std::chrono::hours(2));
  Flush();
  EXPECT_THAT(Known(), IsEmpty());
}

TEST_F(NoticeDeskTest, WhatIsOfTheOtherRoleIsLeftToItsProcess) {
  Put("ops", "1");
  RunTask(desk_.Flush({}, Role::kReceiver));
  EXPECT_THAT(told_, IsEmpty());
  Flush();
  EXPECT_THAT(told_, ElementsAre("ops orders 1"));
}

TEST_F(NoticeDeskTest, AStopEndsIt) {
  Put("ops", "1");
  std::stop_source stop;
  stop.request_stop();
  RunTask(desk_.Run({.stop = stop.get_token()}, Role::kSender));
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_TRUE(Known().at("1").next.has_value()) << "the next process delivers it";
}

}  // namespace
}  // namespace lakeferry::notify
