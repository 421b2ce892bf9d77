#include "http/counted_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"

namespace lakeferry {
namespace {

using testing::ElementsAre;
using testing::Pair;

// Answers as it is told, after a time.
class SlowTransport final : public HttpTransport {
 public:
  explicit SlowTransport(ManualClock& clock) : clock_(clock) {}
  Task<Result<HttpReply>> Send(Call, HttpRequest, ReplyBody& body) override {
    clock_.Advance(took);
    body.received = 10;
    co_return reply;
  }
  Millis took{0};
  Result<HttpReply> reply = HttpReply{.status = 200};

 private:
  ManualClock& clock_;
};

class CountedTransportTest : public testing::Test {
 protected:
  Result<HttpReply> Send(const std::string& host, Millis took, Result<HttpReply> reply) {
    slow_.took = took;
    slow_.reply = std::move(reply);
    ReplyBody body;
    const std::string sent = "1234";
    return RunTask(counted_.Send({}, {.method = Method::kPut, .origin = {.host = host}, .body = sent}, body));
  }
  ManualClock clock_;
  SlowTransport slow_{clock_};
  CountedTransport counted_{slow_, clock_};
};

TEST_F(CountedTransportTest, WhatIsAskedOfAServiceIsCountedByItsOutcomeAndItsTime) {
  EXPECT_EQ(Send("a", Millis(10), HttpReply{.status = 201})->status, 201);
  EXPECT_EQ(Send("a", Millis(11), HttpReply{.status = 412})->status, 412);
  EXPECT_FALSE(Send("a", Millis(40'000), Fail(ErrorCode::kUnavailable, "gone")));
  EXPECT_TRUE(Send("b", Millis(0), HttpReply{.status = 200}));
  ASSERT_EQ(counted_.traffic().size(), 2U);
  const Traffic& traffic = counted_.traffic().at({"a:443", "PUT"});
  EXPECT_THAT(traffic.replies, ElementsAre(Pair("2xx", 1), Pair("4xx", 1), Pair("unavailable", 1)));
  EXPECT_THAT(traffic.within, ElementsAre(1, 1, 0, 0, 0, 0, 1));
  EXPECT_EQ(traffic.took, Millis(40'021));
  EXPECT_EQ(traffic.sent_bytes, 12);
  EXPECT_EQ(traffic.received_bytes, 30);
}

TEST_F(CountedTransportTest, ServicesWithoutEndTakeNoMemoryWithoutEnd) {
  for (size_t i = 0; i < CountedTransport::kServicesMax + 10; ++i)
    EXPECT_TRUE(Send("h" + std::to_string(i), Millis(0), HttpReply{.status = 200}));
  EXPECT_EQ(counted_.traffic().size(), CountedTransport::kServicesMax);
}

}  // namespace
}  // namespace lakeferry
