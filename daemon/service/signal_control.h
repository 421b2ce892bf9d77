// SignalControl: turns signals into requests, and bounds how long a stop may take. It has a thread of its own, so that
// a hung engine can still be ended. The first SIGTERM or SIGINT asks for a stop; if the process is still there after
// the drain budget, or at a second one, it ends with status 1 at once, which is safe: durable state is always
// consistent.
#pragma once

#include <functional>
#include <memory>

#include "base/time.h"
#include "env/logger.h"

namespace lakeferry::service {

class SignalControl {
 public:
  struct Requests {
    std::function<void(Millis drain_budget)> stop;  // at the first SIGTERM or SIGINT; once
    std::function<void()> reload;                   // at each SIGHUP before that
  };

  // Takes over the three signals until it dies. `requests` are called on its own thread, must not block and must be
  // callable from now on; `log` must be safe from any thread. Create it before, and let it outlive, what a stop waits
  // for.
  SignalControl(Millis drain_budget, Requests requests, Logger& log);
  ~SignalControl();
  SignalControl(const SignalControl&) = delete;
  SignalControl& operator=(const SignalControl&) = delete;

  // For stops asked for from now on. Any thread.
  void SetDrainBudget(Millis budget);
  // When this has returned, nothing is requested any more; signals only end the process.
  void Close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lakeferry::service
