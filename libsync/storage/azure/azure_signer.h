// RequestSigner: says whom a request to Azure comes from.
#pragma once

#include <string>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "http/message.h"
#include "storage/cloud/request_course.h"

namespace lakeferry::azure {

class RequestSigner {
 public:
  virtual ~RequestSigner() = default;
  // Adds what authorizes the request as it stands: every header but Host and Content-Length is there. kUnauthorized
  // where there are no credentials, saying what was looked for; kUnavailable, kCancelled.
  virtual Task<Result<Distrust>> Sign(Call call, HttpRequest& request) = 0;
  // Adds to the request, before Sign, what lets the service read `path` ("/container/blob", decoded) of the same
  // account, whose URL is `url`. Errors as of Sign.
  virtual Task<Status> SignSource(Call call, HttpRequest& request, std::string url, std::string path) = 0;
};

}  // namespace lakeferry::azure
