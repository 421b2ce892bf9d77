#include "daemon/service/signal_control.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

namespace lakeferry::service {
namespace {

constexpr int kExitFailed = 1;

const char* Name(int signal) {
  if (signal == SIGHUP) return "SIGHUP";
  return signal == SIGTERM ? "SIGTERM" : "SIGINT";
}

}  // namespace

struct SignalControl::State {
  State(Millis budget, Requests given, Logger& logger)
      : requests(std::move(given)), log(logger), budget_ms(budget.count()), signals(io), deadline(io) {}

  void Wait() {
    signals.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      OnSignal(signal);
      Wait();
    });
  }

  void OnSignal(int signal) {
    if (signal == SIGHUP) {
      if (!stopping) Ask([this] { requests.reload(); });
    } else if (stopping) {
      log.Write(LogLevel::kWarning, "second stop signal: ending at once", {{"signal", std::string(Name(signal))}});
      End();
    } else {
      BeginStop(signal);
    }
  }

  void BeginStop(int signal) {
    stopping = true;
    const Millis budget(budget_ms.load());
    log.Write(LogLevel::kInfo, "stopping", {{"signal", std::string(Name(signal))}, {"drain_ms", budget.count()}});
    deadline.expires_after(budget);
    deadline.async_wait([this, signal](const boost::system::error_code& error) {
      if (error) return;
      log.Write(LogLevel::kWarning, "the drain budget is used up: ending at once",
                {{"signal", std::string(Name(signal))}});
      End();
    });
    Ask([this, budget] { requests.stop(budget); });
  }

  template <typename Request>
  void Ask(Request request) {
    const std::lock_guard lock(open_mutex);
    if (open) request();
  }

  // No destructors and no joins: whatever still runs would be waited for.
  [[noreturn]] static void End() { std::_Exit(kExitFailed); }

  Requests requests;
  Logger& log;
  std::atomic<int64_t> budget_ms;
  bool stopping = false;  // of the own thread
  std::mutex open_mutex;
  bool open = true;
  boost::asio::io_context io{1};
  boost::asio::signal_set signals;
  boost::asio::steady_timer deadline;
  std::thread thread;
};

SignalControl::SignalControl(Millis drain_budget, Requests requests, Logger& log)
    : state_(std::make_unique<State>(drain_budget, std::move(requests), log)) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) state_->signals.add(signal);
  state_->Wait();
  state_->thread = std::thread([this] { state_->io.run(); });
}

SignalControl::~SignalControl() {
  state_->io.stop();
  state_->thread.join();
}

void SignalControl::Close() {
  const std::lock_guard lock(state_->open_mutex);
  state_->open = false;
}

void SignalControl::SetDrainBudget(Millis budget) { state_->budget_ms = budget.count(); }

}  // namespace lakeferry::service
