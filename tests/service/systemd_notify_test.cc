#include "daemon/service/systemd_notify.h"

#include "tests/service/notify_socket.h"

namespace lakeferry::service {
namespace {

constexpr Millis kSoon{5'000};

TEST(SystemdNotify, SaysEachStateInItsOwnDatagram) {
  NotifySocket manager;
  const SystemdNotify notify;
  notify.Ready("two groups");
  EXPECT_EQ(manager.Next(kSoon), "READY=1\nSTATUS=two groups");
  notify.Status("orders: staging epoch 7");
  EXPECT_EQ(manager.Next(kSoon), "STATUS=orders: staging epoch 7");
  notify.Watchdog();
  EXPECT_EQ(manager.Next(kSoon), "WATCHDOG=1");
  notify.Stopping("stopping", Millis(40'000));
  EXPECT_EQ(manager.Next(kSoon), "STOPPING=1\nEXTEND_TIMEOUT_USEC=40000000\nSTATUS=stopping");
}

TEST(SystemdNotify, ReloadingCarriesTheMonotonicTime) {
  NotifySocket manager;
  timespec before{};
  clock_gettime(CLOCK_MONOTONIC, &before);
  SystemdNotify().Reloading();
  const std::string said = manager.Next(kSoon);
  ASSERT_TRUE(said.starts_with("RELOADING=1\nMONOTONIC_USEC=")) << said;
  const int64_t said_us = std::stoll(said.substr(said.find("USEC=") + 5));
  const int64_t before_us = before.tv_sec * 1'000'000 + before.tv_nsec / 1'000;
  EXPECT_GE(said_us, before_us);
  EXPECT_LT(said_us, before_us + 60'000'000);
}

TEST(SystemdNotify, StatusCannotForgeAnotherAssignment) {
  NotifySocket manager;
  SystemdNotify().Status("orders\nREADY=1\r\nSTOPPING=1");
  EXPECT_EQ(manager.Next(kSoon), R"(STATUS=orders\nREADY=1\r\nSTOPPING=1)");
}

TEST(SystemdNotify, IsSilentWithoutAManager) {
  unsetenv("NOTIFY_SOCKET");
  SystemdNotify().Ready("nobody listens");
  EXPECT_FALSE(SystemdNotify::WatchdogInterval());
}

TEST(SystemdNotify, WatchdogIntervalIsHalfOfTheLimitAndOnlyForThisProcess) {
  setenv("WATCHDOG_USEC", "60000000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(SystemdNotify::WatchdogInterval(), Millis(30'000));
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(SystemdNotify::WatchdogInterval());
  unsetenv("WATCHDOG_USEC");
  unsetenv("WATCHDOG_PID");
}

}  // namespace
}  // namespace lakeferry::service
