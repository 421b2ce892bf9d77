// AccessToken: as whom a request to a cloud is sent, where that is told by a bearer token; and who knows them.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace lakeferry {

// A value; copies share the secret.
struct AccessToken {
  Secret bearer = {};  // of "Authorization: Bearer …"; empty: requests carry none
  std::optional<TimeMs> ends = {};
  // Texts are without it as long as a copy lives (base/known_secrets.h).
  std::shared_ptr<const void> hidden = {};
};

// Of what a service has handed out, hidden; absent for what no header can have.
[[nodiscard]] std::optional<AccessToken> MakeToken(std::string_view bearer, TimeMs ends);

// On the engine thread.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  // The one to send at this moment. kUnauthorized: there is none, with what was looked for; kInvalidArgument: what is
  // set up is wrong; kUnavailable, kThrottled: a service that hands them out did not answer; kCancelled.
  virtual Task<Result<AccessToken>> Get(Call call) = 0;
  // A server has refused this one (401). Another Get hands out another: whoever says so tries once more and no oftener.
  virtual void Distrust(const AccessToken& refused) { (void)refused; }
};

}  // namespace lakeferry
