#include "async/call.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lakeferry {

Call Call::StoppedBy(std::stop_token other) const {
  Call call = *this;
  call.stop = std::move(other);
  return call;
}

Call Call::Within(Millis now, Millis duration) const {
  Call call = *this;
  call.deadline = std::min(deadline.value_or(now + duration), now + duration);
  return call;
}

Call Call::Unstoppable() const {
  Call call = *this;
  call.stop = {};
  call.deadline = {};
  return call;
}

Call Call::Named(std::string_view part) const {
  Call call = *this;
  call.operation = std::make_shared<const std::string>(operation ? fmt::format("{}, {}", *operation, part) : part);
  return call;
}

Status CheckWanted(const Call& call) {
  if (call.stopped()) return Fail(ErrorCode::kCancelled, "stopped", std::string(call.name()));
  return {};
}

Status CheckWanted(const Call& call, Millis now) {
  LF_TRY_OK(CheckWanted(call));
  if (!call.deadline || now < *call.deadline) return {};
  return Fail(ErrorCode::kUnavailable, "no answer came within the time that there was for it", std::string(call.name()),
              "it is tried again");
}

Status UnlessStopped(Status status) {
  if (!status && status.error().code == ErrorCode::kCancelled) return {};
  return status;
}

}  // namespace lakeferry
