#include "daemon/service/systemd_notify.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/shown_text.h"

namespace lakeferry::service {
namespace {

constexpr size_t kStatusBytesMax = 1024;

// A manager that cannot be told cannot be helped either: the result of sd_notify is of no use here.
void Tell(const std::string& assignments) { (void)sd_notify(0, assignments.c_str()); }

// On one line: a line break would begin another assignment.
std::string Shown(std::string_view status) { return OneLine(FitToShow(status, kStatusBytesMax)); }

int64_t MicrosOf(auto duration) { return std::chrono::duration_cast<std::chrono::microseconds>(duration).count(); }

}  // namespace

void SystemdNotify::Ready(std::string_view status) const { Tell(fmt::format("READY=1\nSTATUS={}", Shown(status))); }

void SystemdNotify::Status(std::string_view status) const { Tell("STATUS=" + Shown(status)); }

void SystemdNotify::Watchdog() const { Tell("WATCHDOG=1"); }

void SystemdNotify::Reloading() const {
  // libstdc++'s steady clock is CLOCK_MONOTONIC, which is what systemd compares with.
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  Tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=reloading the configuration", MicrosOf(now)));
}

void SystemdNotify::Stopping(std::string_view status, Millis budget) const {
  Tell(fmt::format("STOPPING=1\nEXTEND_TIMEOUT_USEC={}\nSTATUS={}", MicrosOf(budget), Shown(status)));
}

std::optional<Millis> SystemdNotify::WatchdogInterval() {
  uint64_t limit_us = 0;
  if (sd_watchdog_enabled(0, &limit_us) <= 0) return std::nullopt;
  return std::max(Millis(1), std::chrono::duration_cast<Millis>(std::chrono::microseconds(limit_us / 2)));
}

}  // namespace lakeferry::service
