#include "daemon/service/service_loop.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "async/task_group.h"

namespace lakeferry::service {
namespace {

// The manager waits a little longer than we do: the end by our own clock is the one that gets logged.
constexpr Millis kStopSlack{10'000};

}  // namespace

struct ServiceLoop::State {
  State(boost::asio::io_context& context, Logger& logger)
      : engine(context), log(logger), status_due(context), watchdog_due(context), tasks(context.get_executor()) {}

  Task<void> Work();
  Task<void> ReportStatus();
  Task<void> FeedWatchdog(Millis interval);
  Task<void> Reload();
  void OnStop(Millis budget);
  void OnReload();
  void ShowStatus();

  boost::asio::io_context& engine;
  Logger& log;
  SystemdNotify manager;
  std::stop_source stop;
  ServiceHooks hooks;
  ServiceOptions options;
  Status outcome;
  bool running = false;  // between the start of hooks.run and its end
  bool reloading = false;
  bool reload_again = false;  // a SIGHUP came while one was under way
  std::string shown_status;
  std::string reload_trouble;  // of the last reload, until one succeeds; part of the status line
  boost::asio::steady_timer status_due;
  boost::asio::steady_timer watchdog_due;
  TaskGroup tasks;
};

Task<void> ServiceLoop::State::Work() {
  outcome = co_await hooks.run(stop.get_token());
  running = false;
  status_due.cancel();
  watchdog_due.cancel();
}

// The watchdog is fed from here and nowhere else: a datagram proves that this thread still takes up work.
Task<void> ServiceLoop::State::FeedWatchdog(Millis interval) {
  while (running) {
    manager.Watchdog();
    boost::system::error_code ignored;
    watchdog_due.expires_after(interval);
    co_await watchdog_due.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }
}

Task<void> ServiceLoop::State::ReportStatus() {
  auto said = std::chrono::steady_clock::now();
  while (running) {
    if (std::chrono::steady_clock::now() - said >= options.heartbeat_interval) {
      said = std::chrono::steady_clock::now();
      log.Write(LogLevel::kInfo, "alive", {{"status", hooks.status_line()}});
    }
    if (!stop.stop_requested() && !reloading) ShowStatus();
    boost::system::error_code ignored;
    status_due.expires_after(options.status_interval);
    co_await status_due.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }
}

void ServiceLoop::State::ShowStatus() {
  std::string status = hooks.status_line();
  if (!reload_trouble.empty()) status += "; " + reload_trouble;
  if (status == shown_status) return;
  manager.Status(status);
  shown_status = std::move(status);
}

Task<void> ServiceLoop::State::Reload() {
  do {
    reload_again = false;
    manager.Reloading();
    const Result<std::string> reloaded = co_await hooks.reload();
    if (reloaded) {
      reload_trouble.clear();
      log.Write(LogLevel::kInfo, "configuration reloaded", {{"changes", *reloaded}});
    } else {
      const Error& error = reloaded.error();
      reload_trouble = "the new configuration is not in use: " + ToString(error);
      log.Write(LogLevel::kError, "configuration not reloaded: the one before stays in use",
                {{"error", ToString(error)}});
    }
  } while (reload_again);
  reloading = false;
  shown_status.clear();
  manager.Ready("reloaded");
  if (running && !stop.stop_requested()) ShowStatus();
}

void ServiceLoop::State::OnStop(Millis budget) {
  manager.Stopping("stopping: waiting for work under way", budget + kStopSlack);
  stop.request_stop();
}

void ServiceLoop::State::OnReload() {
  if (!running || stop.stop_requested()) return;
  if (reloading) {
    reload_again = true;
    return;
  }
  reloading = true;
  tasks.Spawn(Reload());
}

ServiceLoop::ServiceLoop(boost::asio::io_context& engine, Logger& log) : state_(std::make_unique<State>(engine, log)) {}

ServiceLoop::~ServiceLoop() = default;

SignalControl::Requests ServiceLoop::Requests() {
  State* state = state_.get();
  // Stop callbacks run where the stop is requested: on the engine thread, like everything that waits for one.
  return {
      .stop = [state](Millis budget) { boost::asio::post(state->engine, [state, budget] { state->OnStop(budget); }); },
      .reload = [state] { boost::asio::post(state->engine, [state] { state->OnReload(); }); }};
}

Status ServiceLoop::Run(ServiceHooks hooks, ServiceOptions options) {
  State& state = *state_;
  state.hooks = std::move(hooks);
  state.options = options;
  state.running = true;
  boost::asio::post(state.engine, [&state] { state.manager.Ready("started"); });
  state.tasks.Spawn(state.ReportStatus());
  const std::optional<Millis> watchdog = SystemdNotify::WatchdogInterval();
  if (watchdog) state.tasks.Spawn(state.FeedWatchdog(*watchdog));
  state.tasks.Spawn(state.Work());
  state.engine.run();
  return std::move(state.outcome);
}

bool ServiceLoop::stop_requested() const { return state_->stop.stop_requested(); }

}  // namespace lakeferry::service
