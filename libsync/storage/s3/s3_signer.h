// RequestSigner: says whom a request to S3 comes from. The one of real credentials is credential_signer.h.
#pragma once

#include <string>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "http/message.h"
#include "storage/cloud/request_course.h"

namespace lakeferry::s3 {

class RequestSigner {
 public:
  virtual ~RequestSigner() = default;
  // Adds what authorizes the request as it stands: every header but Host and Content-Length is there. `payload_hash` as
  // SigV4 has it. kUnauthorized where there are no credentials, saying what was looked for; kUnavailable, kCancelled.
  virtual Task<Result<Distrust>> Sign(Call call, HttpRequest& request, std::string region,
                                      std::string payload_hash) = 0;
};

}  // namespace lakeferry::s3
