// What `status --check` complains of, and what it does not: work that waits, a role that is silent; not old data.
#include "daemon/output/status_alarm.h"

#include "daemon/output/status_output.h"

namespace lakeferry {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class StatusAlarm : public ::testing::Test {
 protected:
  StatusAlarm() {
    spec_.name = "orders";
    spec_.workflows = {"nightly"};
    spec_.sync_interval = Millis(30'000);
    record_.role = Role::kSender;
    record_.group = "orders";
    record_.state = GroupState::kIdle;
    record_.epoch = record_.staged_epoch = Epoch(7);
    record_.cut_time = record_.last_successful_run_time = now_;
    record_.alive = now_;
  }
  [[nodiscard]] GroupJudgement At(Millis later) const { return Judge(record_, spec_, past_, now_ + later); }
  [[nodiscard]] std::string Alarm(Millis later) const { return At(later).alarm.value_or(""); }
  [[nodiscard]] std::string Text(Millis later) const {
    return ToText(MakeStatus(Role::kSender, now_ + later, {spec_}, {record_}, {{"orders", past_}}));
  }

  TimeMs now_ = *ParseTime("2026-11-21T02:00:00Z");
  plan::GroupSpec spec_;
  GroupRecord record_;
  plan::PastEpochs past_;
};

TEST_F(StatusAlarm, ANightlyGroupIsWellAllDay) {
  for (int hour = 1; hour <= 24; ++hour) {
    record_.alive = now_ + hours(hour);
    EXPECT_EQ(Alarm(hours(hour)), "") << hour;
  }
}

TEST_F(StatusAlarm, WorkThatWaitsForLongerThanTheBoundIsLate) {
  record_.state = GroupState::kWaiting;
  record_.reason = "epoch 8 is staged and not answered by the receiver yet";
  record_.waiting_since = now_;
  record_.alive = now_ + minutes(15);
  EXPECT_EQ(Alarm(minutes(15)), "");
  EXPECT_THAT(Alarm(minutes(15) + Millis(1)),
              AllOf(StartsWith("late: finished work of 2026-11-21 02:00:00Z"), HasSubstr("15m are allowed"),
                    HasSubstr("(waiting: epoch 8 is staged")));
  spec_.rpo = hours(1);
  EXPECT_EQ(Alarm(minutes(16)), "");
  past_.worked = {hours(2)};
  spec_.rpo.reset();
  EXPECT_EQ(At({}).wait_bound, hours(4) + Millis(120'000));
}

TEST_F(StatusAlarm, AReceiverThatNeverHadAnEpochIsLateAfterADay) {
  record_.role = Role::kReceiver;
  record_.epoch = record_.staged_epoch = Epoch();
  record_.state = GroupState::kWaiting;
  record_.reason = "no further epoch is staged";
  record_.waiting_since = now_;
  record_.alive = now_ + days(2);
  EXPECT_EQ(Alarm(hours(26) + minutes(15)), "");
  EXPECT_THAT(Alarm(hours(27)), StartsWith("late: no epoch has ever come, since 2026-11-21 02:00:00Z"));
  spec_.rpo = minutes(1);
  EXPECT_THAT(Alarm(minutes(2)), StartsWith("late: "));
}

TEST_F(StatusAlarm, APausedGroupAlarmsForItsRpoAlone) {
  record_.state = GroupState::kPaused;
  record_.reason = "paused by alice";
  record_.waiting_since = now_;
  record_.alive = now_ + days(3);
  spec_.rpo.reset();
  EXPECT_EQ(Alarm(days(3)), "");
  spec_.rpo = minutes(30);
  EXPECT_EQ(Alarm(minutes(30)), "");
  EXPECT_THAT(Alarm(minutes(31)), StartsWith("late: nothing is known of what came since 2026-11-21 02:00:00Z"));
}

TEST_F(StatusAlarm, ARoleThatShowsNoSignOfLifeIsSilent) {
  EXPECT_EQ(Alarm(minutes(16)), "");
  EXPECT_EQ(Alarm(minutes(16) + Millis(1)), "silent: the sender has not worked on it since 2026-11-21 02:00:00Z");
  record_.by_passes = true;
  EXPECT_EQ(Alarm(hours(26)), "");
  EXPECT_THAT(Alarm(hours(26) + Millis(1)), StartsWith("silent: "));
}

TEST_F(StatusAlarm, AServiceThatDoesNotRunIsNotIdle) {
  const auto judged = [this](RoleProcess process) {
    const StatusReport report = MakeStatus(Role::kSender, now_, {spec_}, {record_}, {}, std::move(process));
    return std::pair(report.groups[0].record.state, report.groups[0].judgement.alarm.value_or(""));
  };
  EXPECT_EQ(judged({.runs = true, .number = "7"}), std::pair(GroupState::kIdle, std::string()));
  EXPECT_EQ(judged({}), std::pair(GroupState::kIdle, std::string())) << "it cannot be told";
  const auto [state, alarm] = judged({.runs = false, .number = {}});
  EXPECT_EQ(state, GroupState::kStopped);
  EXPECT_EQ(alarm,
            "stopped: the service of the sender does not run; it showed its last sign of life 2026-11-21 02:00:00Z and "
            "was idle");
  record_.by_passes = true;
  EXPECT_EQ(judged({.runs = false, .number = {}}).first, GroupState::kIdle) << "between two passes nothing has to run";
  record_.state = GroupState::kUnknown;
  record_.by_passes = false;
  EXPECT_EQ(judged({.runs = false, .number = {}}).first, GroupState::kUnknown);
}

TEST_F(StatusAlarm, TheVerdictComesFirst) {
  EXPECT_THAT(Text({}), StartsWith("OK: 1 group\n"));
  record_.risk = Risk::kWarning;
  EXPECT_THAT(Text({}), StartsWith("WARNING: 1 group, none needs somebody at once\n"));
  record_.state = GroupState::kHeld;
  EXPECT_THAT(Text({}), StartsWith("ALARM: 1 of 1 group: orders (held)\n"));
  StatusReport report = MakeStatus(Role::kSender, now_, {spec_}, {record_}, {}, {.runs = true, .number = "4711"});
  EXPECT_THAT(ToText(report), HasSubstr("sender, 2026-11-21 02:00:00Z: runs as process 4711\n"));
  EXPECT_THAT(Text({}), HasSubstr("sender, 2026-11-21 02:00:00Z: whether a service runs cannot be told\n"));
  EXPECT_THAT(ToJson(report), HasSubstr(R"("verdict":"alarm","process":{"runs":true,"number":"4711"})"));
}

TEST_F(StatusAlarm, TheWorstLossIsToldOnceItIsKnown) {
  EXPECT_EQ(At({}).worst_loss, std::nullopt);
  past_.took = {minutes(3)};
  past_.cut_times = {now_, now_ - days(1)};
  EXPECT_EQ(At({}).worst_loss, days(1) + minutes(3));
  EXPECT_THAT(Text({}), HasSubstr("   1d 3m\n"));
}

TEST_F(StatusAlarm, ARoleThatNeverWorkedOnItIsSaidSo) {
  const StatusReport report = MakeStatus(Role::kReceiver, now_, {spec_}, {record_});
  EXPECT_EQ(report.groups[0].judgement.alarm, "unknown: the receiver has not worked on it yet");
}

TEST_F(StatusAlarm, RunsThatStayAwayAreAWarningAndNoAlarm) {
  record_.alive = now_ + days(9);
  EXPECT_EQ(At(days(9)).warning, std::nullopt) << "nothing is known of its rhythm";
  spec_.expect_run_every = days(1);
  EXPECT_EQ(At(days(1)).warning, std::nullopt);
  EXPECT_EQ(At(days(2)).warning, "no run has succeeded since 2026-11-21 02:00:00Z, for 2d; expect_run_every is 1d");
  EXPECT_EQ(Alarm(days(9)), "");
  EXPECT_THAT(Text(days(2)), HasSubstr("\nWARNING orders: no run has succeeded"));
  spec_.expect_run_every.reset();
  for (int i = 0; i < 5; ++i) past_.cut_times.push_back(now_ - days(i));
  EXPECT_EQ(At(days(2)).warning, std::nullopt);
  EXPECT_THAT(At(days(3)).warning.value_or(""), HasSubstr("by past runs one was to be expected within 2d"));
  record_.role = Role::kReceiver;
  EXPECT_THAT(At(days(3)).warning.value_or(""), StartsWith("no newer cut has come since"));
}

TEST_F(StatusAlarm, OneErrorIsSaidOnceWithItsPlace) {
  record_.state = GroupState::kHalted;
  record_.reason = "table 't' uses catalogManaged";
  record_.last_error = "table 't' uses catalogManaged (file:///a/very/long/path)";
  record_.last_error_remedy = "take it out";
  record_.failing_since = now_;
  const std::string text = Text(minutes(1));
  EXPECT_THAT(text, HasSubstr("\nALARM orders: halted: table 't' uses catalogManaged (file:///a/very/long/path),\n"
                              "    since 2026-11-21 02:00:00Z\n  remedy: take it out\n"));
  EXPECT_EQ(text.find("catalogManaged"), text.rfind("catalogManaged")) << text;
  EXPECT_THAT(Alarm(minutes(1)), Not(HasSubstr("file:///")));
}

TEST_F(StatusAlarm, WorkUnderWayShowsHowFarItIs) {
  record_.state = GroupState::kRestaging;
  record_.reason = "the receiver has asked for table 't' whole";
  record_.progress = {.files = 12, .files_total = 40, .bytes = 1'200, .bytes_total = 4'000};
  record_.phase = "copying";
  EXPECT_THAT(Text({}), HasSubstr("\n    reason: the receiver has asked for table 't' whole; copying 12 of 40 files,\n"
                                  "      1.2 kB of 4.0 kB\n"));
  EXPECT_THAT(ToJson(MakeStatus(Role::kSender, now_, {spec_}, {record_})), HasSubstr(R"("phase":"copying")"));
  EXPECT_THAT(ToJson(MakeStatus(Role::kSender, now_, {spec_}, {record_})),
              HasSubstr(R"("progress":{"files":12,"files_total":40,"bytes":1200,"bytes_total":4000})"));
}

TEST_F(StatusAlarm, WhatWasNotSentAgainIsTold) {
  record_.state = GroupState::kStaging;
  record_.progress = {.files = 12, .files_total = 40, .bytes = 1'200, .bytes_total = 4'000};
  EXPECT_THAT(Text({}), Not(HasSubstr("not sent again")));
  record_.resumed_bytes = 800;
  EXPECT_THAT(Text({}), AllOf(HasSubstr("1.2 kB of 4.0 kB, 800 B not sent again"), Not(HasSubstr("last copy"))));
  record_.state = GroupState::kIdle;
  record_.progress = {};
  EXPECT_THAT(Text({}), HasSubstr("\norders: 800 B of the last copy were not sent again: one that broke off had sent\n"
                                  "    them\n"));
  EXPECT_THAT(ToJson(MakeStatus(Role::kSender, now_, {spec_}, {record_})), HasSubstr(R"("resumed_bytes":800)"));
}

TEST_F(StatusAlarm, WorkUnderWayShowsTheLimitThatItHas) {
  record_.state = GroupState::kStaging;
  record_.progress = {.files = 12, .files_total = 40, .bytes = 1'200, .bytes_total = 4'000};
  StatusReport report = MakeStatus(Role::kSender, now_, {spec_}, {record_});
  EXPECT_THAT(ToJson(report), HasSubstr(R"("bandwidth_limit":null)"));
  EXPECT_THAT(ToText(report), Not(HasSubstr("at most")));
  report.groups[0].bandwidth_limit = 50'000'000;
  EXPECT_THAT(ToJson(report), HasSubstr(R"("bandwidth_limit":50000000)"));
  EXPECT_THAT(ToText(report), HasSubstr("at most 50.0 MB/s"));
}

TEST_F(StatusAlarm, TheSenderShowsWhatIsStagedBesideWhatIsApplied) {
  record_.staged_epoch = Epoch(8);
  record_.sync_time_to_region = now_ + hours(1);
  EXPECT_THAT(Text({}), HasSubstr("orders  idle         7       8"));
  record_.epoch = Epoch();
  record_.cut_time.reset();
  EXPECT_THAT(ToJson(MakeStatus(Role::kSender, now_, {spec_}, {record_})),
              HasSubstr(R"("epoch":0,"cut_time_ms":null,"staged_epoch":8,"staged_cut_time_ms":)"));
}

TEST_F(StatusAlarm, OfOneStoreForBothRolesTheSendersAlarmsAreNotLost) {
  spec_.expect_run_every = hours(1);
  GroupRecord sender = record_;
  sender.state = GroupState::kHalted;
  sender.reason = "there is no table";
  record_.role = Role::kReceiver;
  StatusReport report = MakeStatus(Role::kReceiver, now_ + minutes(1), {spec_}, {record_, sender});
  EXPECT_EQ(report.groups[0].judgement.alarm, std::nullopt);
  AddAlarmsOf(MakeStatus(Role::kSender, now_ + minutes(1), {spec_}, {record_, sender}), report);
  EXPECT_EQ(report.groups[0].judgement.alarm, "sender: halted: there is no table");
  report = MakeStatus(Role::kReceiver, now_ + hours(2), {spec_}, {record_, sender});
  AddAlarmsOf(MakeStatus(Role::kSender, now_ + hours(2), {spec_}, {record_, sender}), report);
  EXPECT_THAT(
      report.groups[0].judgement.alarm.value_or(""),
      AllOf(StartsWith("silent: the receiver"), HasSubstr("; sender: halted: there is no table; silent: the sender")));
  EXPECT_THAT(report.groups[0].judgement.warning.value_or(""),
              AllOf(StartsWith("no newer cut"), HasSubstr("; sender: no run has succeeded")));
}

TEST_F(StatusAlarm, MailsThatCannotBeSentAreAWarningByName) {
  EXPECT_EQ(At(Millis(0)).warning, std::nullopt);
  record_.mail_trouble = "a secret cannot be read: it is not set (the environment variable PW)";
  EXPECT_EQ(Alarm(Millis(0)), "") << "replication is well";
  EXPECT_THAT(At(Millis(0)).warning.value_or(""), StartsWith("mail cannot be sent: a secret cannot be read"));
  EXPECT_THAT(Text(Millis(0)), HasSubstr("WARNING orders: mail cannot be sent: a secret cannot be read"));
  spec_.expect_run_every = hours(1);
  EXPECT_THAT(At(hours(2)).warning.value_or(""),
              AllOf(StartsWith("no run has succeeded"), HasSubstr("; mail cannot be sent: ")));
}

}  // namespace
}  // namespace lakeferry
