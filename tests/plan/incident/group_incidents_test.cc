// What incidents tell of a group, and the words for it.
#include "plan/incident/group_incidents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/incident/incident_words.h"

namespace lakeferry::plan {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class GroupIncidents : public ::testing::Test {
 protected:
  GroupIncidents() {
    spec_.name = "orders";
    spec_.workspace = "demo";
    spec_.failure_mail_to = {"a@x", "b@x"};
    spec_.success_mail_to = {"fans@x"};
    record_.role = Role::kReceiver;
    record_.state = GroupState::kFailed;
    record_.attempts = 3;
    record_.reason = "the store is down";
    record_.failing_since = FromEpochMs(1'000);
    record_.risk = Risk::kWarning;
    record_.risk_text = "files are kept for an hour";
    record_.risk_remedy = "keep them longer";
  }
  GroupSpec spec_;
  GroupRecord record_;
};

TEST_F(GroupIncidents, OwnerIsARecipientOnce) {
  EXPECT_THAT(FailureRecipients(spec_), ElementsAre("a@x", "b@x"));
  spec_.owner_email = "b@x";
  EXPECT_THAT(FailureRecipients(spec_), ElementsAre("a@x", "b@x"));
  spec_.owner_email = "c@x";
  EXPECT_THAT(FailureRecipients(spec_), ElementsAre("a@x", "b@x", "c@x"));
}

TEST_F(GroupIncidents, FailureHasTheErrorAndElseTheReason) {
  Incident failure = FailureOf(spec_, record_, "east");
  EXPECT_EQ(failure.kind, IncidentKind::kFailure);
  EXPECT_EQ(failure.what, "the store is down");
  EXPECT_EQ(failure.attempts, 3);
  EXPECT_EQ(failure.since, FromEpochMs(1'000));
  EXPECT_THAT(failure.to, ElementsAre("a@x", "b@x"));
  record_.last_error = "down: /x";
  record_.last_error_remedy = "mend it";
  failure = FailureOf(spec_, record_, "east");
  EXPECT_EQ(failure.what, "down: /x");
  EXPECT_EQ(failure.remedy, "mend it");
  EXPECT_THAT(WordsOf(failure).body, AllOf(HasSubstr("Region:     east\n"), HasSubstr("  > down: /x\n"),
                                           HasSubstr("What to do:\n  > mend it\n"), HasSubstr("Attempts:   3\n")));
}

TEST_F(GroupIncidents, ThreatHasWhatThreatensAndHowBad) {
  EXPECT_EQ(WordsOf(ThreatOf(spec_, record_, "east")).subject, "[lakeferry] receiver 'orders' is at risk");
  EXPECT_THAT(WordsOf(ThreatOf(spec_, record_, "east")).body,
              AllOf(HasSubstr("  > files are kept for an hour\n"), HasSubstr("  > keep them longer\n")));
  record_.risk = Risk::kError;
  EXPECT_THAT(WordsOf(ThreatOf(spec_, record_, "east")).subject, HasSubstr("may lack what its source has deleted"));
}

TEST_F(GroupIncidents, RecoverySaysHowLongItWas) {
  const Incident recovery = RecoveryOf(spec_, record_, "east", FromEpochMs(61'000));
  EXPECT_EQ(WordsOf(recovery).subject, "[lakeferry] receiver 'orders' works again");
  EXPECT_THAT(WordsOf(recovery).body, AllOf(HasSubstr("1970-01-01T00:00:01.000Z to 1970-01-01T00:01:01.000Z (1m)"),
                                            HasSubstr("  > the store is down\n")));
  record_.failing_since.reset();
  EXPECT_THAT(WordsOf(RecoveryOf(spec_, record_, "east", FromEpochMs(61'000))).body, Not(HasSubstr("Failed:")));
}

TEST_F(GroupIncidents, NewEpochIsForThoseWhoAsked) {
  record_.epoch = Epoch(4);
  record_.cut_time = FromEpochMs(0);
  const Incident epoch =
      NewEpochOf(spec_, record_, "east", {.run_ids = {"run-1", "run-2"}, .files = 3, .bytes = 5'000});
  EXPECT_THAT(epoch.to, ElementsAre("fans@x"));
  EXPECT_EQ(WordsOf(epoch).subject, "[lakeferry] 'orders' is at epoch 4");
  EXPECT_THAT(WordsOf(epoch).body, AllOf(HasSubstr("Run:        run-1\nRun:        run-2\n"),
                                         HasSubstr("Files:      3\nBytes:      5000\n")));
}

TEST_F(GroupIncidents, OfVeryManyRunsTheFirstAreNamed) {
  const Incident epoch = NewEpochOf(spec_, record_, "east",
                                    {.run_ids = std::vector<std::string>(100'000, "run"), .files = 3, .bytes = 5'000});
  EXPECT_THAT(WordsOf(epoch).body, HasSubstr("Run:        run\n            and 99950 more\nFiles:      3\n"));
  EXPECT_LT(WordsOf(epoch).body.size(), 10'000U);
}

TEST_F(GroupIncidents, TellsTheKindOfAnErrorAndNoneOfWhatIsNone) {
  record_.last_error = "an object differs";
  record_.last_error_kind = "corrupt_data";
  EXPECT_THAT(WordsOf(FailureOf(spec_, record_, "east")).body, HasSubstr("Error:      corrupt_data\n"));
  record_.last_error_kind.clear();
  EXPECT_THAT(WordsOf(FailureOf(spec_, record_, "east")).body, Not(HasSubstr("Error:")));
}

TEST_F(GroupIncidents, SaysWhereTheReplicaStands) {
  EXPECT_THAT(WordsOf(FailureOf(spec_, record_, "east")).body, HasSubstr("No epoch has been completed yet"));
  record_.epoch = Epoch(4);
  record_.cut_time = FromEpochMs(0);
  const IncidentWords words = WordsOf(FailureOf(spec_, record_, "east"));
  EXPECT_THAT(words.body, HasSubstr("newest completed epoch is 4, of 1970-01-01T00:00:00.000Z"));
  EXPECT_THAT(words.subject, Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace lakeferry::plan
