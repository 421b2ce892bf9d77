// The life of a service on the engine thread: readiness, status line, watchdog, reload, drain. What it drives is given
// as functions, so that it can be tried without an engine.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <stop_token>
#include <string>

#include "async/task.h"
#include "base/result.h"
#include "daemon/service/signal_control.h"
#include "daemon/service/systemd_notify.h"
#include "env/logger.h"

namespace lakeferry::service {

// All are called on the engine thread.
struct ServiceHooks {
  // The work itself: until the stop token says so, or one pass.
  std::function<Task<Status>(std::stop_token)> run;
  // Takes the new configuration over, or says why nothing has changed. The value is what to log of it.
  std::function<Task<Result<std::string>>()> reload;
  // For `systemctl status`: one line.
  std::function<std::string()> status_line;
};

struct ServiceOptions {
  Millis drain_budget{30'000};
  Millis status_interval{5'000};                      // how often the status line is looked at
  Millis heartbeat_interval = std::chrono::hours(1);  // how often the log has it, so that a quiet one is no dead one
};

// Runs `engine` on the calling thread until hooks.run has ended, and returns its value. The first SIGTERM or SIGINT
// asks it to end; SIGHUP reloads. SignalControl, made by the caller before everything that a stop waits for, gets its
// requests from here: see ServiceLoop::Requests.
class ServiceLoop {
 public:
  ServiceLoop(boost::asio::io_context& engine, Logger& log);
  ~ServiceLoop();
  ServiceLoop(const ServiceLoop&) = delete;
  ServiceLoop& operator=(const ServiceLoop&) = delete;

  // What SignalControl is to call; valid for as long as this object lives, before Run as well.
  [[nodiscard]] SignalControl::Requests Requests();

  // Once. What hooks.run returned.
  [[nodiscard]] Status Run(ServiceHooks hooks, ServiceOptions options);

  // True once a stop was asked for. Engine thread.
  [[nodiscard]] bool stop_requested() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lakeferry::service
