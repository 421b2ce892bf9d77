// Authorizer: as whom a request to a workflow service or a catalog is sent. Where tokens come from is the daemon's to
// say; whoever asks a service only asks for them.
#pragma once

#include <functional>
#include <string>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "http/message.h"

namespace lakeferry {

// On the engine thread.
class Authorizer {
 public:
  // To be called when the service refused the request: the next one is sent with what is read or handed out anew.
  using Refused = std::function<void()>;

  virtual ~Authorizer() = default;
  // Adds to the headers of `request`, which outlives the task, who sends it. kInvalidArgument: what is set up is wrong;
  // kUnauthorized, kUnavailable, kThrottled: a service that hands tokens out said no or nothing; kCancelled.
  virtual Task<Result<Refused>> Authorize(Call call, HttpRequest& request) = 0;
  // Where what it sends is kept, for the remedy of a refusal: "the file /run/token".
  [[nodiscard]] virtual std::string Origin() const = 0;
};

}  // namespace lakeferry
