// SystemdNotify: what the service manager is told through $NOTIFY_SOCKET; silent where there is none. Thread-safe: each
// call is one datagram.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace lakeferry::service {

class SystemdNotify {
 public:
  // READY=1: start-up is done, or a reload.
  void Ready(std::string_view status) const;
  // STATUS=…, one line.
  void Status(std::string_view status) const;
  // WATCHDOG=1.
  void Watchdog() const;
  // RELOADING=1 with the monotonic time, as Type=notify-reload asks; Ready() ends it.
  void Reloading() const;
  // STOPPING=1, and that the stop may take `budget`.
  void Stopping(std::string_view status, Millis budget) const;

  // How often Watchdog() must be called: half of what the unit says. Absent when nobody watches.
  [[nodiscard]] static std::optional<Millis> WatchdogInterval();
};

}  // namespace lakeferry::service
