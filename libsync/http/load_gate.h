// LoadGate: an HttpTransport in front of another which holds requests back while a service says that it is busy (429,
// 503), so that each service has as many at once as it takes, and no other is delayed by it. What becomes of a request
// that was refused is its sender's matter.
#pragma once

#include <map>
#include <memory>

#include "base/load_limit.h"
#include "env/clock.h"
#include "http/transport.h"

namespace lakeferry {

// On the engine thread. What it is given outlives it, and it outlives whoever waits.
class LoadGate final : public HttpTransport {
 public:
  LoadGate(HttpTransport& http, Clock& clock) : http_(http), clock_(clock) {}

  // As that of the other. A call that is stopped, or whose time is over, waits no more: it has done nothing. Those of
  // one origin go in the order in which they came.
  Task<Result<HttpReply>> Send(Call call, HttpRequest request, ReplyBody& body) override;

  // How many are held back now, of all services.
  [[nodiscard]] int64_t waiting() const;

 private:
  struct Service;
  class Waiter;
  class Passage;
  // One for each origin; it stays.
  [[nodiscard]] std::shared_ptr<Service> Of(const Origin& origin);
  // Waits until one more may go.
  Task<Status> Enter(Call call, std::shared_ptr<Service> service);

  HttpTransport& http_;
  Clock& clock_;
  std::map<Origin, std::shared_ptr<Service>> services_;
};

}  // namespace lakeferry
