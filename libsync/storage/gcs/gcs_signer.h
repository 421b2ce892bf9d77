// RequestSigner: says whom a request to Google's storage comes from.
#pragma once

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "http/message.h"
#include "storage/cloud/request_course.h"

namespace lakeferry::gcs {

class RequestSigner {
 public:
  virtual ~RequestSigner() = default;
  // Adds what authorizes the request. kUnauthorized where there are no credentials, saying what was looked for;
  // kUnavailable, kCancelled.
  virtual Task<Result<Distrust>> Sign(Call call, HttpRequest& request) = 0;
};

// Of nobody: public buckets, and emulators.
class AnonymousSigner final : public RequestSigner {
 public:
  Task<Result<Distrust>> Sign(Call, HttpRequest&) override {
    co_return [] {};
  }
};

}  // namespace lakeferry::gcs
