// What a day has brought is told once, whatever becomes of the process.
#include "notify/success_digest.h"

#include "plan/incident/incident_json.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_state_store.h"
#include "tests/support/run_task.h"

namespace lakeferry::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Utc : public plan::ZoneRules {
 public:
  [[nodiscard]] plan::LocalMs ToLocal(TimeMs time) const override { return plan::LocalMs(time.time_since_epoch()); }
  [[nodiscard]] TimeMs ToUtc(plan::LocalMs local) const override { return TimeMs(local.time_since_epoch()); }
};

class Nobody final : public Notifier {
 public:
  int posted = 0;
  Task<Status> Send(Call, Incident) override { co_return Status{}; }
  void Posted() override { ++posted; }
};

class NoLog final : public Logger {
 public:
  void Write(LogLevel, std::string_view, std::vector<LogField>) override {}
};

TimeMs At(const char* text) { return ParseTime(text).value(); }

class SuccessDigestTest : public ::testing::Test {
 protected:
  SuccessDigestTest() {
    plan::GroupSpec orders;
    orders.name = "orders";
    orders.digest_mail_to = {"a@example.org", "b@example.org"};
    orders.notices = {{.channel = "chat", .digest = true}, {.channel = "pager"}};
    plan::GroupSpec quiet;
    quiet.name = "quiet";
    quiet.digest_mail_to = {"a@example.org"};
    groups_ = {orders, quiet};
    Applied("orders", 1, At("2026-11-28T06:59:00Z"));
    Applied("orders", 2, At("2026-11-28T07:01:00Z"));
    Applied("orders", 3, At("2026-11-29T07:00:00Z"));
    Applied("orders", 4, At("2026-11-29T07:00:01Z"));
  }
  void Applied(const std::string& group, int64_t epoch, TimeMs ended) {
    EpochRecord record{.role = Role::kReceiver, .group = group, .epoch = Epoch(epoch)};
    record.state = EpochState::kApplied;
    record.ended = ended;
    record.tables = {{.table = "t", .files = 2, .bytes = 100}};
    StateChange change;
    change.epochs.push_back(record);
    EXPECT_TRUE(RunTask(state_.Save({}, std::move(change))));
  }
  void Once(TimeMs now) {
    ManualClock clock(now);
    SuccessDigest digest({.schedule = plan::CronSchedule::Parse("0 7 * * *").value(),
                          .zone = std::make_shared<Utc>(),
                          .region = "east",
                          .groups = [this] { return groups_; }},
                         state_, nobody_, clock, log_);
    RunTask(digest.Once({}));
  }
  std::vector<Notice> Notices() { return RunTask(state_.Notices({})).value(); }

  MemoryStateStore state_;
  Nobody nobody_;
  NoLog log_;
  std::vector<plan::GroupSpec> groups_;
};

TEST_F(SuccessDigestTest, HoldsTheEpochsOfTheDayThatIsOverForEachWhoWantsIt) {
  Once(At("2026-11-29T09:30:00Z"));
  const std::vector<Notice> notices = Notices();
  ASSERT_THAT(notices, SizeIs(3));
  int told = 0;
  for (const Notice& notice : notices) {
    const Incident incident = plan::IncidentFromJson(notice.incident).value();
    ASSERT_EQ(incident.kind, IncidentKind::kDigest);
    ASSERT_FALSE(incident.digest.empty());
    EXPECT_EQ(incident.digest[0], (DigestLine{.group = "orders", .epochs = 2, .files = 4, .bytes = 200}));
    if (notice.channel == "chat") {
      EXPECT_THAT(incident.to, IsEmpty());
      EXPECT_THAT(incident.digest, SizeIs(1));
    } else {
      EXPECT_EQ(notice.channel, kMailChannel);
      EXPECT_THAT(incident.to, SizeIs(1));
      EXPECT_THAT(incident.digest, SizeIs(incident.to[0] == "a@example.org" ? 2 : 1));
    }
    ++told;
  }
  EXPECT_EQ(told, 3);
  EXPECT_EQ(nobody_.posted, 1);
}

TEST_F(SuccessDigestTest, IsPutOnRecordOnceADayByHoweverManyProcesses) {
  Once(At("2026-11-29T09:30:00Z"));
  Once(At("2026-11-30T06:59:59Z"));
  EXPECT_THAT(Notices(), SizeIs(3));
  Once(At("2026-11-30T07:00:00Z"));
  EXPECT_THAT(Notices(), SizeIs(6));
}

}  // namespace
}  // namespace lakeferry::notify
