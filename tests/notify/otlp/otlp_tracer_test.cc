// Traces on their way to a collector: the document, what waits, and what a collector that is ill costs.
#include "notify/otlp/otlp_tracer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/known_secrets.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"

namespace lakeferry::notify {
namespace {

using testing::HasSubstr;
using testing::Not;

class Collector final : public HttpTransport {
 public:
  HttpReply reply{.status = 200};
  std::string says = "{}";
  std::optional<Error> error;
  std::vector<std::string> bodies;
  std::vector<HttpRequest> asked;
  std::optional<Millis> deadline;
  std::function<void()> on_request;

  Task<Result<HttpReply>> Send(Call call, HttpRequest request, ReplyBody& answer) override {
    bodies.emplace_back(request.body.begin(), request.body.end());
    deadline = call.deadline;
    asked.push_back(std::move(request));
    if (on_request) on_request();
    if (error) co_return std::unexpected(*error);
    answer.text = says;
    co_return reply;
  }
};

class TraceLog final : public Logger {
 public:
  std::vector<std::string> events;
  void Write(LogLevel, std::string_view event, std::vector<LogField>) override { events.emplace_back(event); }
};

plan::EpochTrace TraceOf(int64_t epoch) {
  return {
      .role = Role::kSender,
      .group = "orders",
      .epoch = Epoch(epoch),
      .manifest_sha256 = "ab",
      .steps = {{.id = "epoch",
                 .parent = {},
                 .name = "epoch of \"orders\"\n",
                 .began = FromEpochMs(1'000),
                 .ended = FromEpochMs(2'500),
                 .values = {{"lakeferry.files", int64_t{3}}, {"lakeferry.atomic", true}, {"text", std::string("a")}}},
                {.id = "part",
                 .parent = "epoch",
                 .name = "part",
                 .began = FromEpochMs(2'000),
                 .ended = FromEpochMs(1'000),
                 .error = "it broke"}}};
}

class OtlpTracerTest : public testing::Test {
 protected:
  OtlpTracer& tracer() {
    if (!tracer_) {
      OtlpTarget target{.url = ParseUrl("https://collector.example:4318/v1/traces").value(),
                        .token = Secret(std::string("token-of-the-collector"))};
      tracer_.emplace(std::move(target), TraceSource{.region = "west", .host = "h", .version = "1"}, http_, clock_,
                      log_, limits_);
    }
    return *tracer_;
  }
  void Flush() { ASSERT_TRUE(RunTask(Flushed())); }
  Task<Status> Flushed() {
    co_await tracer().Flush({});
    co_return Status{};
  }

  Collector http_;
  ManualClock clock_;
  TraceLog log_;
  OtlpLimits limits_;
  std::optional<OtlpTracer> tracer_;
};

TEST_F(OtlpTracerTest, ADocumentHasResourceScopeAndSpans) {
  const std::string body = OtlpBody({.region = "west", .host = "h", .version = "1"}, {TraceOf(1)});
  const plan::EpochTrace trace = TraceOf(1);
  EXPECT_THAT(body, testing::StartsWith(R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name",)"
                                        R"("value":{"stringValue":"lakeferry"}})"));
  EXPECT_THAT(body, HasSubstr(R"("scopeSpans":[{"scope":{"name":"lakeferry","version":"1"},"spans":[{"traceId":")" +
                              plan::TraceIdOf(trace) + R"(","spanId":")" + plan::SpanIdOf(trace, "epoch") +
                              R"(","name":"epoch of \"orders\"\n","kind":1,"startTimeUnixNano":"1000000000",)"
                              R"("endTimeUnixNano":"2500000000","attributes":[{"key":"lakeferry.files",)"
                              R"("value":{"intValue":"3"}},{"key":"lakeferry.atomic","value":{"boolValue":true}})"));
  EXPECT_THAT(body, HasSubstr(R"("parentSpanId":")" + plan::SpanIdOf(trace, "epoch")));
  EXPECT_THAT(body, HasSubstr(R"("status":{"code":2,"message":"it broke"})"));
  EXPECT_THAT(body, HasSubstr(R"("startTimeUnixNano":"2000000000","endTimeUnixNano":"2000000000")"))
      << "a clock that went back makes no step that ends before it begins";
}

TEST_F(OtlpTracerTest, NoSecretIsInIt) {
  RememberSecret(Secret(std::string("hunter2-of-traces")));
  plan::EpochTrace trace = TraceOf(1);
  trace.steps[1].error = "said hunter2-of-traces";
  EXPECT_THAT(OtlpBody({}, {trace}), Not(HasSubstr("hunter2")));
}

TEST_F(OtlpTracerTest, WhatWaitsIsPostedOnceWithTheToken) {
  tracer().Take(TraceOf(1));
  tracer().Take(TraceOf(2));
  EXPECT_EQ(tracer().account().waiting, 2);
  Flush();
  ASSERT_EQ(http_.asked.size(), 1U);
  EXPECT_EQ(http_.asked[0].method, Method::kPost);
  EXPECT_EQ(http_.asked[0].target, "/v1/traces");
  EXPECT_EQ(http_.asked[0].headers.Find("Content-Type"), "application/json");
  EXPECT_EQ(http_.asked[0].headers.Find("Authorization"), "Bearer token-of-the-collector");
  EXPECT_TRUE(http_.deadline);
  EXPECT_EQ(tracer().account().sent, 2);
  EXPECT_EQ(tracer().account().waiting, 0);
  Flush();
  EXPECT_EQ(http_.asked.size(), 1U);
}

TEST_F(OtlpTracerTest, ACollectorThatIsAwayKeepsThemWaitingAndTheOldestGo) {
  limits_.traces_max = 3;
  limits_.batch_max = 2;
  http_.error = Error{.code = ErrorCode::kUnavailable, .message = "nobody listens"};
  for (int64_t i = 1; i <= 5; ++i) tracer().Take(TraceOf(i));
  EXPECT_EQ(tracer().account().lost, 2);
  Flush();
  EXPECT_EQ(tracer().account().waiting, 3) << "what was not taken waits again";
  // While an attempt is under way others come: of all, the newest stay.
  http_.on_request = [this] {
    http_.on_request = nullptr;
    for (int64_t i = 6; i <= 7; ++i) tracer().Take(TraceOf(i));
  };
  Flush();
  EXPECT_EQ(tracer().account().waiting, 3);
  EXPECT_EQ(tracer().account().lost, 4);
  http_.error.reset();
  http_.bodies.clear();
  Flush();
  EXPECT_EQ(tracer().account().waiting, 0);
  EXPECT_EQ(tracer().account().sent, 3);
  EXPECT_THAT(http_.bodies.back(), HasSubstr(plan::TraceIdOf(TraceOf(7))));
  EXPECT_THAT(log_.events,
              testing::ElementsAre("traces cannot be sent", "traces cannot be sent", "traces are sent again"));
}

TEST_F(OtlpTracerTest, WhatACollectorRefusesIsGivenUp) {
  http_.reply.status = 400;
  tracer().Take(TraceOf(1));
  Flush();
  EXPECT_EQ(tracer().account().waiting, 0);
  EXPECT_EQ(tracer().account().lost, 1);
  for (const int later : {429, 502, 503, 504}) {
    http_.reply.status = later;
    tracer().Take(TraceOf(later));
    Flush();
    EXPECT_EQ(tracer().account().waiting, 1) << later;
    http_.reply.status = 200;
    Flush();
  }
  EXPECT_EQ(tracer().account().lost, 1);
}

TEST_F(OtlpTracerTest, WhatItDidNotTakeIsSaid) {
  http_.says = R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}})";
  tracer().Take(TraceOf(1));
  Flush();
  EXPECT_THAT(log_.events, testing::ElementsAre("the collector of traces did not take all"));
  EXPECT_EQ(ReadOtlpAnswer(http_.says)->count, 2);
  EXPECT_EQ(ReadOtlpAnswer(R"({"partialSuccess":{"rejectedSpans":3}})")->count, 3);
  for (const char* all : {"", "{}", "ok", R"({"partialSuccess":{}})"}) EXPECT_FALSE(ReadOtlpAnswer(all)) << all;
}

}  // namespace
}  // namespace lakeferry::notify
