// Call: on whose behalf something in the world is asked for. Every method of an interface in env/ that waits takes one
// first, and every step of the engine hands on the one that it was called with, so that a stop, a time limit and the
// name of what is going on reach the socket that waits.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace lakeferry {

// A value, cheap to copy. `Call{}` is asked to stop by nobody, has no limit and no name.
struct Call {
  // What waits for a network ends with kCancelled when it is requested; what goes to a disk is not waited for, and
  // done.
  std::stop_token stop = {};
  // By Clock::Monotonic. What is not answered by then ends with kUnavailable.
  std::optional<Millis> deadline = {};
  // "orders, epoch 7": what a log line and a request's name say; null where nobody named it.
  std::shared_ptr<const std::string> operation = {};

  // The same, but stopped by `other`, which whoever links it must let the call's own stop request too
  // (async/linked_stop.h).
  [[nodiscard]] Call StoppedBy(std::stop_token other) const;
  // The same, over at the latest `duration` after `now`: a deadline is never put off.
  [[nodiscard]] Call Within(Millis now, Millis duration) const;
  // The same, but no stop and no time ends it: for what has to be finished once it has begun, as the commits of an
  // epoch and its answer.
  [[nodiscard]] Call Unstoppable() const;
  // The same, with `part` added to the name.
  [[nodiscard]] Call Named(std::string_view part) const;

  [[nodiscard]] std::string_view name() const { return operation ? *operation : std::string_view(); }
  [[nodiscard]] bool stopped() const { return stop.stop_requested(); }
};

// What to ask before something begins: kCancelled where a stop was requested.
[[nodiscard]] Status CheckWanted(const Call& call);
// And kUnavailable where the time is over.
[[nodiscard]] Status CheckWanted(const Call& call, Millis now);

// `status`, but success for kCancelled: of what comes after the work of a pass, whose stop takes nothing from what was
// done.
[[nodiscard]] Status UnlessStopped(Status status);

}  // namespace lakeferry
