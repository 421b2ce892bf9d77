// Credentials: as whom a request to AWS, or to a store that speaks like S3, is signed; and who knows them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace lakeferry::aws {

// A value; copies share the secrets.
struct Credentials {
  std::string access_key_id;  // names the key and is no secret; empty: requests are not signed
  Secret secret_key = {};
  Secret session_token = {};        // empty for keys that last
  std::optional<TimeMs> ends = {};  // by the wall clock; absent: until somebody replaces them
  // Texts are without both secrets as long as a copy lives (base/known_secrets.h).
  std::shared_ptr<const void> hidden = {};

  [[nodiscard]] bool anonymous() const { return access_key_id.empty(); }
};

// Who knows credentials. On the engine thread.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  // Those to sign with at this moment. kUnauthorized: there are none, with every place that was looked at and what it
  // lacks; kInvalidArgument: what is set up contradicts itself; kUnavailable, kThrottled: a service that hands them out
  // did not answer; kCancelled.
  virtual Task<Result<Credentials>> Get(Call call) = 0;
  // A server has refused these as expired or unknown (ExpiredToken, InvalidToken, InvalidAccessKeyId). Another Get
  // hands out others, if there are any: whoever says so tries once more and no oftener.
  virtual void Distrust(const Credentials& refused) { (void)refused; }
};

}  // namespace lakeferry::aws
