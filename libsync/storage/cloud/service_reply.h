// One question to a service that hands out credentials, and its answer, which is secret and short.
#pragma once

#include <string>
#include <string_view>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/transport.h"

namespace lakeferry {

struct ServiceQuestion {
  HttpRequest request;  // without a body
  Secret body = {};
  std::string service;  // "the security token service", for errors
};

struct ServiceReply {
  int status = 0;
  Secret body = {};       // of a success
  std::string text = {};  // of any other

  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

// Any status is an answer. Errors of the transport, at the service's origin; what is asked here may be asked twice, so
// that a lost answer is kUnavailable. kUnauthorized for one that is longer than 64 KiB: no service says so much.
Task<Result<ServiceReply>> Ask(Call call, HttpTransport& http, ServiceQuestion question);

// The error that a status comes to: kThrottled, kUnavailable for 5xx, else kUnauthorized. `said`: what the service gave
// as its reason, empty where it said nothing that can be shown; `remedy` for the last of them.
[[nodiscard]] std::unexpected<Error> RefusedBy(std::string_view service, const Origin& origin, int status,
                                               std::string_view said, std::string remedy);
// kUnauthorized: the answer is not one of this service's.
[[nodiscard]] std::unexpected<Error> NoReplyOf(std::string_view service, const Origin& origin, std::string_view why);

}  // namespace lakeferry
