// What each kind of receiver is sent, and that no name or error can become anything but text in it.
#include "notify/webhook/webhook_body.h"

#include "base/hex.h"
#include "base/hmac.h"
#include "json/reader.h"
#include "tests/notify/hostile_incident.h"

namespace lakeferry::notify {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr WebhookKind kAll[] = {WebhookKind::kGeneric, WebhookKind::kSlack, WebhookKind::kTeams,
                                WebhookKind::kPagerDuty};

class Body {
 public:
  explicit Body(std::string text) : text_(std::move(text)), fields_(reader_.Read(text_, "the body", "test")) {}
  [[nodiscard]] const json::Fields& fields() const { return *fields_; }
  [[nodiscard]] bool whole() const { return fields_.has_value(); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  json::Reader reader_{size_t{1} << 20};
  Result<json::Fields> fields_;
};

Secret Key() { return Secret(std::string("R0UT1NGKEY")); }
std::string TextOf(WebhookKind kind, const Incident& incident) { return WebhookBody(kind, incident, Key()).value(); }

TEST(WebhookBody, IsOneDocumentOfPlainTextWhateverTheNamesAre) {
  for (const WebhookKind kind : kAll) {
    const Body body(TextOf(kind, HostileIncident()));
    ASSERT_TRUE(body.whole()) << WebhookKindName(kind) << body.text();
    EXPECT_EQ(body.text().find('\n'), std::string::npos);
    EXPECT_EQ(body.text().find('\x1b'), std::string::npos);
  }
}

TEST(WebhookBody, GenericIsTheIncidentsOwnDocument) {
  Incident incident = HostileIncident();
  incident.to.clear();
  const Body body(TextOf(WebhookKind::kGeneric, incident));
  EXPECT_EQ(body.fields().Int("version").value(), 1);
  EXPECT_EQ(body.fields().String("kind").value(), "failure");
  EXPECT_EQ(body.fields().String("state").value(), "failed");
  EXPECT_EQ(body.fields().Int("rpo_ms").value(), 3'600'000);
  EXPECT_THAT(body.fields().String("meaning").value(), HasSubstr("the RPO of 1h is missed since"));
  EXPECT_FALSE(body.fields().Has("to")) << "no address leaves by a webhook";
}

TEST(WebhookBody, SlackGetsPlainTextInWhichNothingIsMarkupOrAMention) {
  const Body body(TextOf(WebhookKind::kSlack, HostileIncident()));
  EXPECT_THAT(body.text(), AllOf(Not(HasSubstr("<!channel>")), Not(HasSubstr("<@U1>")), Not(HasSubstr("<script>"))));
  EXPECT_THAT(body.text(), AllOf(HasSubstr("&lt;!channel&gt;"), Not(HasSubstr("\"mrkdwn\":true")),
                                 Not(HasSubstr("\"type\":\"mrkdwn\""))));
  const auto blocks = body.fields().Objects("blocks").value();
  ASSERT_GT(blocks.size(), 3U);
  for (const json::Fields& block : blocks) {
    EXPECT_EQ(block.Object("text").value().String("type").value(), "plain_text");
  }
  EXPECT_LE(blocks[0].Object("text").value().String("text").value().size(), 400U);
}

TEST(WebhookBody, TeamsGetsACardOfTextRunsWhichNoReaderTakesForMarkup) {
  const Body body(TextOf(WebhookKind::kTeams, HostileIncident()));
  EXPECT_EQ(body.fields().String("type").value(), "message");
  const auto attachments = body.fields().Objects("attachments").value();
  ASSERT_EQ(attachments.size(), 1U);
  EXPECT_EQ(attachments[0].String("contentType").value(), "application/vnd.microsoft.card.adaptive");
  const json::Fields card = attachments[0].Object("content").value();
  EXPECT_EQ(card.String("type").value(), "AdaptiveCard");
  for (const json::Fields& block : card.Objects("body").value()) {
    EXPECT_EQ(block.String("type").value(), "RichTextBlock");
    for (const json::Fields& run : block.Objects("inlines").value()) {
      EXPECT_EQ(run.String("type").value(), "TextRun");
    }
  }
}

TEST(WebhookBody, PagerDutyIsTriggeredAndResolvedWithOneKey) {
  const Incident failure = HostileIncident();
  Incident recovery = failure;
  recovery.kind = IncidentKind::kRecovery;
  recovery.until = FromEpochMs(1'700'000'900'000);
  const Body trigger(TextOf(WebhookKind::kPagerDuty, failure));
  const Body resolve(TextOf(WebhookKind::kPagerDuty, recovery));
  EXPECT_EQ(trigger.fields().String("event_action").value(), "trigger");
  EXPECT_EQ(resolve.fields().String("event_action").value(), "resolve");
  EXPECT_EQ(trigger.fields().String("routing_key").value(), "R0UT1NGKEY");
  EXPECT_EQ(trigger.fields().String("dedup_key").value(), resolve.fields().String("dedup_key").value());
  const json::Fields payload = trigger.fields().Object("payload").value();
  EXPECT_EQ(payload.String("severity").value(), "critical");
  EXPECT_LE(payload.String("summary").value().size(), 1024U);
  EXPECT_THAT(payload.Object("custom_details").value().String("What it means").value(), HasSubstr("RPO"));
}

TEST(WebhookBody, AnotherIncidentOfTheGroupHasAnotherKey) {
  Incident other = HostileIncident();
  other.since = FromEpochMs(1'700'000'000'001);
  const Body one(TextOf(WebhookKind::kPagerDuty, HostileIncident()));
  const Body two(TextOf(WebhookKind::kPagerDuty, other));
  EXPECT_NE(one.fields().String("dedup_key").value(), two.fields().String("dedup_key").value());
}

TEST(WebhookBody, PagerDutyHearsNothingOfSuccesses) {
  Incident epoch = HostileIncident();
  epoch.kind = IncidentKind::kEpoch;
  EXPECT_EQ(WebhookBody(WebhookKind::kPagerDuty, epoch, Key()), std::nullopt);
  epoch.kind = IncidentKind::kDigest;
  EXPECT_EQ(WebhookBody(WebhookKind::kPagerDuty, epoch, Key()), std::nullopt);
  EXPECT_TRUE(WebhookBody(WebhookKind::kSlack, epoch, Key()).has_value());
}

TEST(WebhookBody, LongTextsAreCut) {
  Incident incident = HostileIncident();
  incident.what.assign(100'000, 'x');
  for (const WebhookKind kind : {WebhookKind::kSlack, WebhookKind::kTeams, WebhookKind::kPagerDuty}) {
    EXPECT_LT(TextOf(kind, incident).size(), 20'000U) << WebhookKindName(kind);
  }
}

TEST(WebhookSignature, CoversTimeAndBody) {
  const Secret secret(std::string("whsec"));
  const std::string signature = WebhookSignature(secret, FromEpochMs(1'700'000'000'999), "{\"a\":1}");
  HmacSha256 hmac("whsec");
  EXPECT_EQ(signature, "t=1700000000,v1=" + LowerHex(hmac.Of("1700000000.{\"a\":1}")));
  EXPECT_NE(signature, WebhookSignature(secret, FromEpochMs(1'700'000'001'000), "{\"a\":1}"));
  EXPECT_NE(signature, WebhookSignature(secret, FromEpochMs(1'700'000'000'999), "{\"a\":2}"));
}

}  // namespace
}  // namespace lakeferry::notify
