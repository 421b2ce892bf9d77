// What `status` and `verify` say, beyond the documents of docs/json.md.
#include "daemon/output/verify_output.h"
#include "tests/daemon/output_samples.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Status, OfAGroupThatNeverRanNothingIsKnown) {
  const StatusReport report =
      MakeStatus(Role::kSender, kNoon, {SpecSample()}, {RecordSample()});  // a receiver's record
  ASSERT_EQ(report.groups.size(), 1U);
  EXPECT_EQ(report.groups[0].record.state, GroupState::kUnknown);
  EXPECT_EQ(report.groups[0].lag, std::nullopt);
  EXPECT_THAT(ToJson(report), AllOf(HasSubstr(R"("state":"unknown","epoch":0,"cut_time_ms":null,"staged_epoch":0,)"
                                              R"("staged_cut_time_ms":null,"lag_seconds":null,)"),
                                    HasSubstr(R"("last_error":null)")));
}

TEST(Status, ARiskIsShownAndAnErrorAlarms) {
  GroupRecord record = RecordSample();
  record.state = GroupState::kIdle;
  record.last_error.clear();
  record.risk = Risk::kWarning;
  record.risk_text = "removed files are kept for 7d";
  record.risk_remedy = "keep them longer";
  record.files_may_vanish = kNoon + std::chrono::hours(2);
  StatusReport report = MakeStatus(Role::kReceiver, kNoon, {SpecSample()}, {record});
  EXPECT_EQ(report.groups[0].judgement.alarm, std::nullopt);
  EXPECT_THAT(ToText(report),
              AllOf(HasSubstr("WARNING orders: removed files are kept for 7d\n  remedy: keep them longer"),
                    HasSubstr("may vanish from 2026-11-21 14:00:00Z\n    on (in 2h)")));
  EXPECT_THAT(ToJson(report), HasSubstr("\"risk\":\"warning\",\"risk_reason\":\"removed files are kept for 7d\""));
  record.risk = Risk::kError;
  record.files_may_vanish = kNoon;
  report = MakeStatus(Role::kReceiver, kNoon, {SpecSample()}, {record});
  EXPECT_EQ(report.groups[0].judgement.alarm, "at risk: removed files are kept for 7d");
  EXPECT_THAT(ToText(report), AllOf(HasSubstr("ALARM orders: at risk"), HasSubstr("on (now)")));
  record.state = GroupState::kHeld;
  report = MakeStatus(Role::kReceiver, kNoon, {SpecSample()}, {record});
  EXPECT_EQ(report.groups[0].judgement.alarm,
            "at risk: removed files are kept for 7d; held: the target cannot be written");
}

TEST(Status, LiveSetsThatWereNotFoundTheSameAreShown) {
  StatusReport report = MakeStatus(Role::kReceiver, kNoon, {SpecSample()}, {RecordSample()});
  report.groups[0].live_set_checks = {CheckSample()};
  EXPECT_THAT(ToText(report), HasSubstr("the live files of raw.bronze could not be compared with those of\n"
                                        "    its epoch, 1h ago: version 6 of the table is gone from its log"));
  report.groups[0].live_set_checks[0].result = LiveSetResult::kDiffers;
  EXPECT_THAT(ToText(report), HasSubstr("the live files of raw.bronze differ from those of its epoch"));
  report.groups[0].live_set_checks[0].result = LiveSetResult::kSame;
  EXPECT_THAT(ToText(report), Not(HasSubstr("live files")));
}

TEST(Status, ACutInTheFutureHasNoNegativeLag) {
  const StatusReport report =
      MakeStatus(Role::kReceiver, kNoon - std::chrono::hours(1), {SpecSample()}, {RecordSample()});
  EXPECT_EQ(report.groups[0].lag, Millis(0));
}

TEST(Verify, OfASourceSaysNothingOfWhatItCouldNotCompare) {
  engine::VerifyReport report{.group = "orders", .epoch = Epoch(7), .of_source = true, .ok = true};
  report.tables = {{.table = "t", .version = Version(3), .result = LiveSetResult::kSame}};
  const auto text = [&report] { return ToText(Answers<engine::VerifyReport>({report})); };
  EXPECT_THAT(text(), HasSubstr("orders: the source holds what epoch 7 says: 1 table compared"));
  EXPECT_THAT(ToJson(Answers<engine::VerifyReport>({report})),
              HasSubstr(R"("epochs_behind":null,"staged_epoch":null)"));
  report.tables[0].result = LiveSetResult::kNotChecked;
  report.ok = false;
  EXPECT_THAT(text(), HasSubstr("orders: the source is NOT known to hold what epoch 7 says: 0 of 1 table"));
}

TEST(Verify, AReplicaIsWholeAndInSyncWhereNothingNewerIsStaged) {
  engine::VerifyReport report{.group = "orders",
                              .time = kNoon,
                              .epoch = Epoch(7),
                              .cut_time = kNoon - std::chrono::hours(3),
                              .behind = engine::StagedBeyond{.epochs = 0, .newest = Epoch(7)},
                              .ok = true,
                              .files_checked = 12,
                              .bytes_checked = 49'152};
  const auto text = [&report] { return ToText(Answers<engine::VerifyReport>({report})); };
  EXPECT_EQ(text(),
            "orders: epoch 7 of 2026-11-21 09:00:00Z is whole and in sync: 12 files, 49.2 kB\n"
            "    checked; no newer epoch is staged\n");
  report.behind = engine::StagedBeyond{.epochs = 2, .newest = Epoch(9), .cut_time = kNoon - std::chrono::minutes(65)};
  EXPECT_EQ(text(),
            "orders: epoch 7 of 2026-11-21 09:00:00Z is whole: 12 files, 49.2 kB checked; 2\n"
            "    epochs behind: epoch 9 is staged, cut 2026-11-21 10:55:00Z (1h ago)\n");
  report.behind.cut_time.reset();
  EXPECT_THAT(text(), HasSubstr("epochs behind: epoch 9 is staged\n"));
  report.ok = false;
  report.behind = engine::StagedBeyond{.epochs = 0, .newest = Epoch(7)};
  report.problems = {{.table = "t", .path = "p", .problem = "missing"}};
  EXPECT_THAT(text(), AllOf(HasSubstr("is NOT whole: 1 problem: 12 files"), Not(HasSubstr("in sync"))));
}

}  // namespace
}  // namespace lakeferry
