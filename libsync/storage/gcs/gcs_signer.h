// RequestSigner: says whom a request to Google's storage comes from.
#pragma once

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "http/message.h"

namespace lakeferry::gcs {

class RequestSigner {
 public:
  virtual ~RequestSigner() = default;
  // Adds what authorizes the request. kUnauthorized where there are no credentials, saying what was looked for;
  // kUnavailable, kCancelled.
  virtual Task<Status> Sign(Call call, HttpRequest& request) = 0;
  // A server said that the token is over: the next Sign takes another, where there is any.
  virtual void Distrust() = 0;
};

// Of nobody: public buckets, and emulators.
class AnonymousSigner final : public RequestSigner {
 public:
  Task<Status> Sign(Call, HttpRequest&) override { co_return Status(); }
  void Distrust() override {}
};

}  // namespace lakeferry::gcs
