#include "http/load_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "async/event.h"
#include "async/task_group.h"

namespace lakeferry {
namespace {

// Time that passes when nobody has anything to do.
class FakeTime final : public Clock {
 public:
  [[nodiscard]] TimeMs WallTime() const override { return FromEpochMs(1'700'000'000'000) + now_; }
  [[nodiscard]] Millis Monotonic() const override { return now_; }
  Task<void> SleepFor(Call call, Millis duration) override {
    if (call.stopped()) co_return;
    const auto executor = co_await boost::asio::this_coro::executor;
    const auto over = std::make_shared<Event>(executor);
    const auto place = sleeping_.emplace(now_ + duration, over);
    const std::stop_callback on_stop(call.stop, [over] { over->Set(); });
    co_await over->Wait();
    sleeping_.erase(place);
  }
  // False where nobody sleeps.
  bool Pass() {
    if (sleeping_.empty()) return false;
    now_ = std::max(now_, sleeping_.begin()->first);
    sleeping_.begin()->second->Set();
    return true;
  }

 private:
  Millis now_{1'000'000};
  std::multimap<Millis, std::shared_ptr<Event>> sleeping_;
};

// Services that take so many requests at once, each for a while, and refuse the others soon.
class Services final : public HttpTransport {
 public:
  explicit Services(Clock& clock) : clock_(clock) {}

  static constexpr Millis kTakes{50};
  static constexpr Millis kRefuses{5};
  struct Service {
    int takes_at_once = 1'000;
    std::string retry_after = {};
    int running = 0;
    int served = 0;
    int refused = 0;
    std::vector<Millis> came = {};
  };
  std::map<std::string, Service> by_host;

  Task<Result<HttpReply>> Send(Call call, HttpRequest request, ReplyBody&) override {
    Service& service = by_host[request.origin.host];
    service.came.push_back(clock_.Monotonic());
    if (service.running >= service.takes_at_once) {
      ++service.refused;
      co_await clock_.SleepFor(call, kRefuses);
      HttpReply reply{.status = 503};
      if (!service.retry_after.empty()) reply.headers.Add("Retry-After", service.retry_after);
      co_return reply;
    }
    ++service.running;
    co_await clock_.SleepFor(call, kTakes);
    --service.running;
    ++service.served;
    co_return HttpReply{.status = 200};
  }

 private:
  Clock& clock_;
};

class LoadGateTest : public ::testing::Test {
 protected:
  Task<Result<HttpReply>> Ask(std::string host, Call call = {}) {
    ReplyBody body;
    HttpRequest request{.origin = {.tls = false, .host = std::move(host), .port = 80}};
    auto reply = co_await gate_.Send(std::move(call), std::move(request), body);
    co_return reply;
  }
  Task<void> AskAndTell(Call call, std::vector<ErrorCode>& failed) {
    const auto reply = co_await Ask("a", std::move(call));
    if (!reply) failed.push_back(reply.error().code);
  }
  // Asks again and again, after a refusal a little later.
  Task<void> Work(std::string host, Millis until) {
    while (time_.Monotonic() < until) {
      const auto reply = co_await Ask(host);
      if (reply && !reply->ok()) co_await time_.SleepFor({}, Millis(100));
    }
  }
  void RunAll() {
    do {
      loop_.restart();
      loop_.poll();
    } while (tasks_.active() > 0 && time_.Pass());
    EXPECT_EQ(tasks_.active(), 0U) << "somebody waits for ever";
  }
  // What `workers` get out of it in so many seconds.
  Services::Service Measure(int workers, Millis duration) {
    Services::Service before = services_.by_host["a"];
    const Millis until = time_.Monotonic() + duration;
    for (int i = 0; i < workers; ++i) tasks_.Spawn(Work("a", until));
    RunAll();
    Services::Service after = services_.by_host["a"];
    after.served -= before.served;
    after.refused -= before.refused;
    return after;
  }

  boost::asio::io_context loop_;
  FakeTime time_;
  Services services_{time_};
  LoadGate gate_{services_, time_};
  TaskGroup tasks_{loop_.get_executor()};
};

TEST_F(LoadGateTest, WhoIsNotBusyGetsAllAtOnce) {
  const auto got = Measure(100, Millis(1'000));
  EXPECT_EQ(got.served, 2'000);
  EXPECT_EQ(got.refused, 0);
}

TEST_F(LoadGateTest, SettlesNearWhatTheServiceTakesAndFollowsIt) {
  services_.by_host["a"].takes_at_once = 10;
  (void)Measure(64, Millis(5'000));
  const auto ten = Measure(64, Millis(20'000));
  EXPECT_GE(ten.served, 4'000 * 8 / 10);
  EXPECT_LE(ten.refused, ten.served / 20);
  services_.by_host["a"].takes_at_once = 40;
  (void)Measure(64, Millis(10'000));
  const auto forty = Measure(64, Millis(20'000));
  EXPECT_GE(forty.served, 16'000 * 8 / 10);
  EXPECT_LE(forty.refused, forty.served / 20);
  services_.by_host["a"].takes_at_once = 1;
  (void)Measure(64, Millis(5'000));
  const auto one = Measure(64, Millis(20'000));
  EXPECT_GE(one.served, 400 * 6 / 10);
  services_.by_host["a"].takes_at_once = 1'000;
  (void)Measure(64, Millis(20'000));
  EXPECT_EQ(Measure(64, Millis(1'000)).served, 64 * 20);
}

TEST_F(LoadGateTest, BusyServiceDelaysNoOther) {
  services_.by_host["a"] = {.takes_at_once = 0, .retry_after = "5"};
  const Millis until = time_.Monotonic() + Millis(1'000);
  for (int i = 0; i < 64; ++i) tasks_.Spawn(Work("a", until));
  for (int i = 0; i < 10; ++i) tasks_.Spawn(Work("b", until));
  RunAll();
  EXPECT_EQ(services_.by_host["b"].served, 10 * 20);
}

TEST_F(LoadGateTest, ServiceThatWantsToBeLeftAloneIs) {
  services_.by_host["a"] = {.takes_at_once = 2, .retry_after = "3"};
  const Millis began = time_.Monotonic();
  for (int i = 0; i < 8; ++i) tasks_.Spawn(Work("a", began + Millis(1)));
  RunAll();
  const Millis refused = began + Services::kRefuses;
  for (int i = 0; i < 4; ++i) tasks_.Spawn(Work("a", time_.Monotonic() + Millis(1)));
  RunAll();
  const auto& came = services_.by_host["a"].came;
  ASSERT_GE(came.size(), 12U);
  for (size_t i = 8; i < came.size(); ++i) EXPECT_GE(came[i], refused + Millis(3'000)) << i;
}

// Where those who go on are over, whoever waits is not forgotten.
TEST_F(LoadGateTest, WhoWaitsGoesOnAfterAPauseThatBeganMeanwhile) {
  services_.by_host["a"] = {.takes_at_once = 0};
  tasks_.Spawn(Work("a", time_.Monotonic() + Millis(1)));
  RunAll();
  services_.by_host["a"].retry_after = "3";
  services_.by_host["a"].came.clear();
  const Millis began = time_.Monotonic();
  for (int i = 0; i < 3; ++i) tasks_.Spawn(Work("a", began + Millis(1)));
  RunAll();
  EXPECT_EQ(services_.by_host["a"].came.size(), 3U);
  EXPECT_LT(time_.Monotonic() - began, Millis(12'000));
}

TEST_F(LoadGateTest, WhoWaitsCanLeave) {
  services_.by_host["a"] = {.takes_at_once = 0, .retry_after = "9"};
  tasks_.Spawn(Work("a", time_.Monotonic() + Millis(1)));
  RunAll();
  services_.by_host["a"].came.clear();
  std::stop_source stop;
  const Millis began = time_.Monotonic();
  std::vector<ErrorCode> codes;
  const auto stop_soon = [](FakeTime* time, std::stop_source* source) -> Task<void> {
    co_await time->SleepFor({}, Millis(20));
    source->request_stop();
  };
  tasks_.Spawn(AskAndTell({.stop = stop.get_token()}, codes));
  tasks_.Spawn(AskAndTell({.deadline = began + Millis(50)}, codes));
  tasks_.Spawn(stop_soon(&time_, &stop));
  RunAll();
  EXPECT_THAT(codes, ::testing::ElementsAre(ErrorCode::kCancelled, ErrorCode::kUnavailable));
  EXPECT_TRUE(services_.by_host["a"].came.empty());
  EXPECT_LT(time_.Monotonic() - began, Millis(100));
}

}  // namespace
}  // namespace lakeferry
