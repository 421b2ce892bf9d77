// One attempt at a webhook: what is sent, and what becomes of each answer.
#include "notify/webhook/webhook_sender.h"

#include "tests/notify/hostile_incident.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"

namespace lakeferry::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kPath[] = "/services/T00/B00/sesame";

class Receiver final : public HttpTransport {
 public:
  HttpReply reply{.status = 200};
  std::optional<Error> error;
  std::vector<HttpRequest> asked;
  std::string body;
  std::optional<Millis> deadline;

  Task<Result<HttpReply>> Send(Call call, HttpRequest request, ReplyBody& answer) override {
    body.assign(request.body.begin(), request.body.end());
    deadline = call.deadline;
    asked.push_back(std::move(request));
    if (error) co_return std::unexpected(*error);
    answer.text = "what a receiver says, which is nobody's business";
    co_return reply;
  }
};

class WebhookSender : public ::testing::Test {
 protected:
  Status Post(WebhookKind kind = WebhookKind::kGeneric) {
    WebhookTarget target{.name = "ops",
                         .kind = kind,
                         .url = ParseUrl(std::string("https://hooks.example") + kPath).value(),
                         .secret = Secret(std::string("whsec"))};
    return RunTask(PostWebhook({}, http_, clock_, std::move(target), HostileIncident(), "id-1"));
  }

  Receiver http_;
  ManualClock clock_;
};

TEST_F(WebhookSender, PostsASignedDocument) {
  ASSERT_TRUE(Post());
  ASSERT_EQ(http_.asked.size(), 1U);
  const HttpRequest& request = http_.asked[0];
  EXPECT_EQ(request.method, Method::kPost);
  EXPECT_EQ(request.target, kPath);
  EXPECT_EQ(request.headers.Find("Content-Type"), "application/json");
  EXPECT_EQ(request.headers.Find("X-Lakeferry-Delivery"), "id-1");
  EXPECT_EQ(request.headers.Find("X-Lakeferry-Signature"),
            WebhookSignature(Secret(std::string("whsec")), clock_.WallTime(), http_.body));
  EXPECT_TRUE(http_.deadline.has_value()) << "a silent receiver is not waited for";
}

TEST_F(WebhookSender, ASecretOfPagerDutySignsNothing) {
  ASSERT_TRUE(Post(WebhookKind::kPagerDuty));
  EXPECT_EQ(http_.asked[0].headers.Find("X-Lakeferry-Signature"), std::nullopt);
}

TEST_F(WebhookSender, ARedirectIsFollowedNowhere) {
  http_.reply = {.status = 307, .headers = {{"Location", "https://evil.example/"}}};
  const Status posted = Post();
  ASSERT_FALSE(posted);
  EXPECT_EQ(posted.error().code, ErrorCode::kRefused);
  EXPECT_EQ(http_.asked.size(), 1U);
  EXPECT_THAT(ToString(posted.error()), Not(HasSubstr("evil.example")));
}

TEST_F(WebhookSender, WhatMayPassIsTriedAgainAndWhatDoesNotIsRefused) {
  for (const int status : {408, 429, 500, 501, 502, 503, 504}) {
    http_.reply = {.status = status, .headers = {{"Retry-After", "7"}}};
    const Status posted = Post();
    ASSERT_FALSE(posted);
    EXPECT_NE(posted.error().code, ErrorCode::kRefused) << status;
    if (status == 429) EXPECT_EQ(posted.error().retry_after, Millis(7'000));
  }
  for (const int status : {400, 401, 403, 404, 410}) {
    http_.reply = {.status = status};
    const Status posted = Post();
    ASSERT_FALSE(posted);
    EXPECT_EQ(posted.error().code, ErrorCode::kRefused) << status;
  }
}

TEST_F(WebhookSender, NoErrorHasThePathOrWhatWasAnswered) {
  http_.reply = {.status = 404};
  EXPECT_THAT(ToString(Post().error()), Not(HasSubstr("sesame")));
  EXPECT_THAT(ToString(Post().error()), Not(HasSubstr("nobody's business")));
  http_.error = Error{.code = ErrorCode::kOutcomeUnknown, .message = "no answer", .where = "https://hooks.example"};
  const Status posted = Post();
  EXPECT_EQ(posted.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(posted.error().message, StartsWith("the receiver cannot be reached"));
  EXPECT_THAT(ToString(posted.error()), Not(HasSubstr("sesame")));
}

}  // namespace
}  // namespace lakeferry::notify
