// An incident as JSON, which is read back, and as HTML.
#include "plan/incident/incident_html.h"
#include "plan/incident/incident_json.h"
#include "tests/notify/hostile_incident.h"

namespace lakeferry::plan {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Incident WithEverything() {
  Incident incident{.kind = IncidentKind::kRecovery,
                    .group = "orders",
                    .workspace = "demo",
                    .role = Role::kReceiver,
                    .region = "east",
                    .to = {"a@example.org"},
                    .state = GroupState::kHeld,
                    .risk = Risk::kWarning};
  incident.attempts = 3;
  incident.since = FromEpochMs(1'000);
  incident.until = FromEpochMs(2'000);
  incident.what = "down";
  incident.error_kind = "unavailable";
  incident.remedy = "wait";
  incident.epoch = Epoch(7);
  incident.cut_time = FromEpochMs(500);
  incident.brought = {.run_ids = {"r1", "r2"}, .files = 3, .bytes = 4};
  incident.at = FromEpochMs(3'000);
  incident.rpo = Millis(3'600'000);
  incident.waiting_since = FromEpochMs(600);
  incident.digest = {
      {.group = "orders", .state = GroupState::kIdle, .epochs = 1, .files = 2, .bytes = 3, .cut_time = FromEpochMs(4)}};
  return incident;
}

TEST(IncidentJson, ComesBackAsItWasWritten) {
  EXPECT_EQ(IncidentFromJson(ToJson(WithEverything())), WithEverything());
  const Incident bare{.group = "orders"};
  EXPECT_EQ(IncidentFromJson(ToJson(bare)), bare);
}

TEST(IncidentJson, OfEveryKind) {
  for (const IncidentKind kind : {IncidentKind::kFailure, IncidentKind::kRisk, IncidentKind::kRecovery,
                                  IncidentKind::kEpoch, IncidentKind::kDigest, IncidentKind::kTest}) {
    EXPECT_EQ(IncidentFromJson(ToJson({.kind = kind})).value().kind, kind);
    EXPECT_FALSE(IncidentKindName(kind).empty());
  }
}

TEST(IncidentJson, WhatIsNoneIsAnError) {
  EXPECT_FALSE(IncidentFromJson("{}"));
  EXPECT_FALSE(IncidentFromJson("<html>"));
}

TEST(IncidentWords, SayWhatAFailureMeansForTheRpo) {
  Incident incident = WithEverything();
  incident.kind = IncidentKind::kFailure;
  EXPECT_THAT(RpoText(incident), HasSubstr("the RPO of 1h is missed from 1970-01-01T01:00:00.600Z on"));
  incident.at = FromEpochMs(7'200'000);
  EXPECT_THAT(RpoText(incident), HasSubstr("is missed since 1970-01-01T01:00:00.600Z"));
  EXPECT_THAT(WordsOf(incident).body, HasSubstr("What it means:\n  Finished work waits since"));
  incident.waiting_since.reset();
  EXPECT_THAT(RpoText(incident), HasSubstr("No finished work is known to wait: the RPO of 1h holds"));
  incident.rpo.reset();
  EXPECT_EQ(RpoText(incident), "");
}

TEST(IncidentHtml, HasTheFactsAndTheQuotations) {
  Incident incident = WithEverything();
  incident.kind = IncidentKind::kFailure;
  const std::string html = HtmlOf(WordsOf(incident));
  EXPECT_THAT(html, AllOf(HasSubstr("<th align=\"left\">Group</th><td>orders</td>"), HasSubstr(">down</blockquote>"),
                          HasSubstr("<p>What to do:</p>")));
}

TEST(IncidentHtml, NoNameOrErrorBecomesMarkup) {
  const std::string html = HtmlOf(WordsOf(HostileIncident()));
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("\x1b")), HasSubstr("&lt;script&gt;"),
                          Not(HasSubstr("<!channel")), HasSubstr("&quot;")));
  EXPECT_THAT(html, AllOf(Not(HasSubstr("href")), Not(HasSubstr("src="))));
  EXPECT_EQ(EscapedForHtml("a'b\"c<d>&\n"), "a&#39;b&quot;c&lt;d&gt;&amp;\\n");
}

TEST(IncidentWords, OfADigestNameEachGroup) {
  Incident incident = WithEverything();
  incident.kind = IncidentKind::kDigest;
  EXPECT_EQ(WordsOf(incident).subject, "[lakeferry] 1 epochs of 1 groups were applied");
  EXPECT_THAT(WordsOf(incident).body, HasSubstr("orders: 1 epochs, 2 files, 3 bytes; idle; the replica stands at"));
}

}  // namespace
}  // namespace lakeferry::plan
