// AccessToken: as whom a request to Azure is sent, where that is an identity of Microsoft Entra; and who knows them.
#pragma once

#include <memory>
#include <optional>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace lakeferry::azure {

// A value; copies share the secret.
struct AccessToken {
  Secret bearer = {};  // of "Authorization: Bearer …"
  std::optional<TimeMs> ends = {};
  // Texts are without it as long as a copy lives (base/known_secrets.h).
  std::shared_ptr<const void> hidden = {};
};

// On the engine thread.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  // The one to send at this moment. kUnauthorized: there is none, with what was looked for; kInvalidArgument: what is
  // set up is wrong; kUnavailable, kThrottled: the service that hands them out did not answer; kCancelled.
  virtual Task<Result<AccessToken>> Get(Call call) = 0;
  // A server has refused this one (401). Another Get hands out another: whoever says so tries once more and no oftener.
  virtual void Distrust(const AccessToken& refused) = 0;
};

}  // namespace lakeferry::azure
