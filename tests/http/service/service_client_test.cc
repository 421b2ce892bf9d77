#include "http/service/service_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/service/page_watch.h"
#include "tests/support/run_task.h"
#include "tests/workflow/service_double.h"

namespace lakeferry {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ServiceClientTest : public testing::Test {
 protected:
  Result<ServiceText> Get(std::vector<DoubleAnswer> answers) {
    world_.http.answer = [answers, at = size_t{0}](const std::string&) mutable {
      return answers[std::min(at++, answers.size() - 1)];
    };
    return RunTask(client_.Get({}, "/runs"));
  }
  DoubleWorld world_;
  ServiceClient client_{world_.context(), "the service", ParseUrl("https://host/base").value(),
                        std::make_shared<NumberedToken>()};
};

TEST_F(ServiceClientTest, AsksBelowItsBaseWithItsToken) {
  EXPECT_EQ(Get({{.text = "{\"a\":1}"}}).value().text, "{\"a\":1}");
  EXPECT_THAT(world_.http.asked, ElementsAre("/base/runs"));
  EXPECT_THAT(world_.http.tokens, ElementsAre("Bearer 1"));
  EXPECT_EQ(client_.date(), FromEpochMs(1'700'000'000'000));
}

TEST_F(ServiceClientTest, WhatIsPostedIsPostedAgainUntilThereIsAnAnswer) {
  world_.http.answer = [at = 0](const std::string&) mutable {
    return at++ == 0 ? DoubleAnswer{.status = 503} : DoubleAnswer{.status = 409, .text = "{}"};
  };
  EXPECT_EQ(RunTask(client_.Post({}, "/tables", R"({"name":"a"})")).value().status, 409);
  EXPECT_THAT(world_.http.sent, ElementsAre(R"({"name":"a"})", R"({"name":"a"})"));
}

TEST_F(ServiceClientTest, ATokenThatHasEndedIsReplacedOnceAndNoOftener) {
  EXPECT_TRUE(Get({{.status = 401}, {.text = "{}"}}).has_value());
  EXPECT_THAT(world_.http.tokens, ElementsAre("Bearer 1", "Bearer 2"));
  world_.http.tokens.clear();
  const auto refused = Get({{.status = 403, .text = R"({"error_code":403,"message":"Invalid access token."})"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(refused.error().message, HasSubstr("Invalid access token."));
  EXPECT_THAT(refused.error().remedy, HasSubstr("the file /run/token"));
  EXPECT_EQ(world_.http.tokens.size(), 2U);
}

TEST_F(ServiceClientTest, ARateLimitIsWaitedForAsLongAsTheServiceSays) {
  const TimeMs before = world_.clock.WallTime();
  EXPECT_TRUE(Get({{.status = 429, .headers = {{"Retry-After", "7"}}}, {.text = "{}"}}).has_value());
  EXPECT_GE(world_.clock.WallTime() - before, Millis(7'000));
}

TEST_F(ServiceClientTest, ARateLimitLongerThanAnybodyWaitsIsSaidWithItsLength) {
  const auto throttled = Get({{.status = 429, .headers = {{"Retry-After", "600"}}}});
  ASSERT_FALSE(throttled);
  EXPECT_EQ(throttled.error().code, ErrorCode::kThrottled);
  EXPECT_EQ(throttled.error().retry_after, Millis(600'000));
  EXPECT_EQ(world_.http.asked.size(), 1U) << "nobody asks again meanwhile";
}

TEST_F(ServiceClientTest, WhatFailsForAMomentIsAskedAgainAndWhatFailsForLongIsUnavailable) {
  EXPECT_TRUE(Get({{.status = 502}, {.error = Error{.code = ErrorCode::kUnavailable}}, {.text = "{}"}}).has_value());
  const auto down = Get({{.status = 500, .text = R"({"message":"oops"})"}});
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(down.error().message, HasSubstr("oops"));
}

TEST_F(ServiceClientTest, AWebPageARedirectAndAnEndlessAnswerAreNoAnswersOfTheService) {
  for (const DoubleAnswer& wrong : {DoubleAnswer{.text = "  <!doctype html><p>log in"},
                                    DoubleAnswer{.text = "x", .headers = {{"Content-Type", "text/html"}}},
                                    DoubleAnswer{.status = 302, .headers = {{"Location", "https://evil/"}}},
                                    DoubleAnswer{.text = std::string(kServiceBytesMax + 1, ' ')}}) {
    world_.http.asked.clear();
    const auto answer = Get({wrong});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kCorruptData);
    EXPECT_THAT(ToString(answer.error()), HasSubstr("https://host"));
    EXPECT_EQ(world_.http.asked.size(), 1U) << "nobody follows it, and nobody asks again";
  }
}

TEST_F(ServiceClientTest, AnOutOfTimeOrStoppedCallAsksNothing) {
  world_.http.answer = [](const std::string&) { return DoubleAnswer{}; };
  Call late{.deadline = world_.clock.Monotonic()};
  EXPECT_EQ(RunTask(client_.Get(late, "/runs")).error().code, ErrorCode::kUnavailable);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(RunTask(client_.Get({.stop = stop.get_token()}, "/runs")).error().code, ErrorCode::kCancelled);
  EXPECT_THAT(world_.http.asked, ElementsAre());
}

TEST_F(ServiceClientTest, WhatARefusalSaysStaysOnOneLineAndShort) {
  EXPECT_EQ(ReasonIn(R"({"message":"a\nb\u001b[31m"})"), R"(a\nb\x1b[31m)");
  EXPECT_EQ(ReasonIn(R"({"detail":"not found"})"), "not found");
  EXPECT_EQ(ReasonIn("<html>"), "");
  EXPECT_LT(ReasonIn(R"({"message":")" + std::string(9'000, 'x') + "\"}").size(), 600U);
}

TEST(PageWatch, ACircleAndPagesWithoutEndAreFound) {
  PageWatch circle;
  EXPECT_TRUE(circle.Turn(1, "a"));
  EXPECT_TRUE(circle.Turn(1, "b"));
  EXPECT_EQ(circle.Turn(1, "a").error().code, ErrorCode::kCorruptData);
  PageWatch barren;
  Status turned;
  int pages = 0;
  while (turned && pages < 1'000) turned = barren.Turn(0, std::to_string(pages++));
  EXPECT_FALSE(turned);
  EXPECT_THAT(turned.error().message, HasSubstr("no end"));
  PageWatch many;
  EXPECT_TRUE(many.Turn(kListedRunsMax, "a"));
  EXPECT_EQ(many.Turn(1, "b").error().code, ErrorCode::kRefused);
}

}  // namespace
}  // namespace lakeferry
