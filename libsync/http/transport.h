// HttpTransport: sends one request and takes its reply. The client (http_client.h) does it over sockets; tests answer
// by themselves.
#pragma once

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "http/message.h"

namespace lakeferry {

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  // One exchange, no second attempt but one over a fresh connection where a kept one was closed before it took
  // anything. A reply of any status is a result; redirects are followed by nobody. `body` and request.body must live
  // until the task ends.
  //   kUnavailable      no connection, or a time limit before the request went out: the other side has done nothing
  //   kOutcomeUnknown   the request went out, at least in part, and no whole reply came: it may have been done
  //   kCorruptData      the reply breaks HTTP, or is larger than `body` takes
  //   kUnauthorized     the certificate is not that of the host, or signed by nobody we trust
  //   kInvalidArgument  the request breaks HTTP, or leads to an address that no configuration may name
  //   kCancelled        call.stop; where the request went out, it may have been done
  // On the engine thread, and it completes there.
  virtual Task<Result<HttpReply>> Send(Call call, HttpRequest request, ReplyBody& body) = 0;
};

}  // namespace lakeferry
