#include "daemon/service/service_loop.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdio>
#include <mutex>

#include "tests/service/notify_socket.h"

namespace lakeferry::service {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// Keeps the events, and prints them, for the tests whose process ends.
class RecordingLogger final : public Logger {
 public:
  void Write(LogLevel /*level*/, std::string_view event, std::vector<LogField> fields) override {
    const std::lock_guard lock(mutex_);
    std::fprintf(stderr, "%.*s\n", static_cast<int>(event.size()), event.data());
    events_.emplace_back(event);
    for (const LogField& field : fields) {
      if (const auto* text = std::get_if<std::string>(&field.value)) events_.push_back(*text);
    }
  }
  std::vector<std::string> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> events_;
};

// Ends when the stop token says so, as the engine does.
Task<Status> UntilStopped(boost::asio::io_context* engine, std::stop_token stop) {
  boost::asio::steady_timer never(*engine, boost::asio::steady_timer::time_point::max());
  const std::stop_callback wake(stop, [&never] { never.cancel(); });
  boost::system::error_code ignored;
  if (!stop.stop_requested()) {
    co_await never.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }
  co_return Status();
}

Task<Result<std::string>> NothingToReload() { co_return std::string("nothing"); }

struct Bench {
  Bench() : loop(engine, log), signals(Millis(30'000), loop.Requests(), log) {}

  ServiceHooks Hooks(std::function<Task<Status>(std::stop_token)> run) {
    return {.run = std::move(run), .reload = NothingToReload, .status_line = [] { return std::string("all quiet"); }};
  }

  NotifySocket manager;
  RecordingLogger log;
  boost::asio::io_context engine{1};
  ServiceLoop loop;
  SignalControl signals;
};

void SignalMyself(int signal) { kill(getpid(), signal); }

TEST(ServiceLoop, IsReadyWhileRunningAndReturnsWhatTheWorkReturned) {
  Bench bench;
  const Status ended = bench.loop.Run(bench.Hooks([&](std::stop_token) -> Task<Status> {
    co_return Fail(ErrorCode::kRefused, "another sender holds the role");
  }),
                                      {});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::kRefused);
  EXPECT_THAT(bench.manager.Rest(), Contains(HasSubstr("READY=1")));
}

TEST(ServiceLoop, SigtermDrains) {
  Bench bench;
  const Status ended = bench.loop.Run(bench.Hooks([&](std::stop_token stop) -> Task<Status> {
    SignalMyself(SIGTERM);
    return UntilStopped(&bench.engine, stop);
  }),
                                      {});
  EXPECT_TRUE(ended);
  EXPECT_TRUE(bench.loop.stop_requested());
  EXPECT_THAT(bench.manager.Rest(), Contains(HasSubstr("STOPPING=1\nEXTEND_TIMEOUT_USEC=40000000")));
  EXPECT_THAT(bench.log.events(), Contains("stopping"));
}

TEST(ServiceLoop, SigintDrainsToo) {
  Bench bench;
  EXPECT_TRUE(bench.loop.Run(bench.Hooks([&](std::stop_token stop) -> Task<Status> {
    SignalMyself(SIGINT);
    return UntilStopped(&bench.engine, stop);
  }),
                             {}));
}

TEST(ServiceLoop, StopAskedForBeforeTheWorkBeginsIsNotLost) {
  Bench bench;
  bench.loop.Requests().stop(Millis(1'000));
  bool began_stopped = false;
  EXPECT_TRUE(bench.loop.Run(bench.Hooks([&](std::stop_token stop) -> Task<Status> {
    began_stopped = true;
    return UntilStopped(&bench.engine, stop);
  }),
                             {}));
  EXPECT_TRUE(began_stopped);
}

TEST(ServiceLoop, StatusLineGoesToTheManagerOnceAsLongAsItStays) {
  Bench bench;
  int looks = 0;
  ServiceHooks hooks = bench.Hooks([&](std::stop_token stop) { return UntilStopped(&bench.engine, stop); });
  hooks.status_line = [&] {
    if (++looks == 3) bench.loop.Requests().stop(Millis(1'000));
    return std::string("orders: waiting for run 8");
  };
  EXPECT_TRUE(bench.loop.Run(std::move(hooks), {.status_interval = Millis(1)}));
  const std::vector<std::string> said = bench.manager.Rest();
  EXPECT_EQ(std::ranges::count(said, "STATUS=orders: waiting for run 8"), 1);
}

TEST(ServiceLoop, WatchdogIsFedAtHalfItsLimit) {
  setenv("WATCHDOG_USEC", "20000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  Bench bench;
  ServiceHooks hooks = bench.Hooks([&](std::stop_token stop) { return UntilStopped(&bench.engine, stop); });
  int fed = 0;
  hooks.status_line = [&] {
    for (const std::string& said : bench.manager.Rest()) fed += said == "WATCHDOG=1" ? 1 : 0;
    if (fed >= 5) bench.loop.Requests().stop(Millis(1'000));
    return std::string("busy");
  };
  EXPECT_TRUE(bench.loop.Run(std::move(hooks), {.status_interval = Millis(5)}));
  EXPECT_GE(fed, 5);
  unsetenv("WATCHDOG_USEC");
  unsetenv("WATCHDOG_PID");
}

TEST(ServiceLoop, HungEngineThreadFeedsNoWatchdog) {
  setenv("WATCHDOG_USEC", "20000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  Bench bench;
  std::string during_hang = "not tried";
  EXPECT_TRUE(bench.loop.Run(bench.Hooks([&](std::stop_token) -> Task<Status> {
    bench.manager.Rest();
    during_hang = bench.manager.Next(Millis(200));  // holds the engine thread for ten limits
    co_return Status();
  }),
                             {}));
  EXPECT_EQ(during_hang, "");
  unsetenv("WATCHDOG_USEC");
  unsetenv("WATCHDOG_PID");
}

TEST(ServiceLoop, SighupReloadsAndIsReadyAgain) {
  Bench bench;
  ServiceHooks hooks = bench.Hooks([&](std::stop_token stop) -> Task<Status> {
    SignalMyself(SIGHUP);
    return UntilStopped(&bench.engine, stop);
  });
  hooks.reload = [&]() -> Task<Result<std::string>> {
    bench.loop.Requests().stop(Millis(1'000));
    co_return std::string("one group more");
  };
  EXPECT_TRUE(bench.loop.Run(std::move(hooks), {}));
  EXPECT_THAT(bench.log.events(), Contains("one group more"));
  const std::vector<std::string> said = bench.manager.Rest();
  const auto reloading = std::ranges::find_if(said, [](const auto& s) { return s.starts_with("RELOADING=1"); });
  ASSERT_NE(reloading, said.end());
  EXPECT_TRUE(std::any_of(reloading, said.end(), [](const auto& s) { return s.starts_with("READY=1"); }));
}

TEST(ServiceLoop, InvalidConfigurationIsToldAndTheWorkGoesOn) {
  Bench bench;
  int reloads = 0;
  ServiceHooks hooks = bench.Hooks([&](std::stop_token stop) -> Task<Status> {
    SignalMyself(SIGHUP);
    return UntilStopped(&bench.engine, stop);
  });
  hooks.reload = [&]() -> Task<Result<std::string>> {
    ++reloads;
    co_return Fail(ErrorCode::kInvalidArgument, "unknown key 'tabels'", "lakeferry.yaml:9");
  };
  std::vector<std::string> said;
  hooks.status_line = [&] {
    for (std::string& datagram : bench.manager.Rest()) said.push_back(std::move(datagram));
    const bool told = std::ranges::any_of(said, [](const auto& s) { return s.find("tabels") != std::string::npos; });
    if (told) bench.loop.Requests().stop(Millis(1'000));
    return std::string("orders: in sync");
  };
  EXPECT_TRUE(bench.loop.Run(std::move(hooks), {.status_interval = Millis(1)}));
  EXPECT_EQ(reloads, 1);
  EXPECT_THAT(said, Contains("STATUS=orders: in sync; the new configuration is not in use: unknown key 'tabels' "
                             "(lakeferry.yaml:9)"));
  EXPECT_THAT(bench.log.events(), Contains("configuration not reloaded: the one before stays in use"));
}

TEST(ServiceLoop, SighupDuringAReloadIsDoneAfterIt) {
  Bench bench;
  int reloads = 0;
  int at_once = 0;
  ServiceHooks hooks = bench.Hooks([&](std::stop_token stop) -> Task<Status> {
    bench.loop.Requests().reload();
    return UntilStopped(&bench.engine, stop);
  });
  hooks.reload = [&]() -> Task<Result<std::string>> {
    EXPECT_EQ(++at_once, 1);
    if (++reloads == 1) bench.loop.Requests().reload();
    boost::asio::steady_timer turn(bench.engine, Millis(1));
    co_await turn.async_wait(boost::asio::use_awaitable);
    if (reloads == 2) bench.loop.Requests().stop(Millis(1'000));
    --at_once;
    co_return std::string("nothing");
  };
  EXPECT_TRUE(bench.loop.Run(std::move(hooks), {}));
  EXPECT_EQ(reloads, 2);
}

// What follows ends its process.
class ServiceLoopDeathTest : public testing::Test {
 protected:
  void SetUp() override { testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

// Returns only if the process did not end as it should.
void RunDeaf(Millis budget, int signals) {
  RecordingLogger log;
  boost::asio::io_context engine(1);
  ServiceLoop loop(engine, log);
  const SignalControl control(budget, loop.Requests(), log);
  ServiceHooks hooks;
  hooks.reload = NothingToReload;
  hooks.status_line = [] { return std::string(); };
  hooks.run = [signals](std::stop_token) -> Task<Status> {
    for (int i = 0; i < signals; ++i) SignalMyself(i % 2 == 0 ? SIGTERM : SIGINT);
    while (true) pause();  // an engine thread that takes up no work any more
    co_return Status();
  };
  (void)loop.Run(std::move(hooks), {});
}

TEST_F(ServiceLoopDeathTest, HungDrainEndsWithFailureAfterItsBudget) {
  EXPECT_EXIT(RunDeaf(Millis(50), 1), testing::ExitedWithCode(1), "the drain budget is used up");
}

TEST_F(ServiceLoopDeathTest, SecondStopSignalEndsAtOnce) {
  EXPECT_EXIT(RunDeaf(Millis(3'600'000), 2), testing::ExitedWithCode(1), "second stop signal");
}

}  // namespace
}  // namespace lakeferry::service
