// Dialer: makes connections on one I/O thread: names to addresses, proxies, TLS.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "async/task.h"
#include "base/result.h"
#include "http/deadline_watch.h"
#include "http/origin.h"
#include "http/proxy_rules.h"
#include "http/servers_seen.h"
#include "http/tls_context.h"
#include "http/wire.h"

namespace lakeferry {

// Lives on one thread. What it is given outlives it.
class Dialer {
 public:
  // `trust` gives the certificates to believe in, at the first connection that needs them.
  using Trust = std::function<Result<std::shared_ptr<const TlsContext>>()>;
  // `seen` is told which certificates servers show.
  Dialer(boost::asio::any_io_executor executor, Trust trust, const ProxyRules& proxies, ServersSeen& seen)
      : executor_(std::move(executor)), trust_(std::move(trust)), proxies_(proxies), seen_(seen) {}

  // A connection over which requests to `origin` can be sent; `waits` is cut off where it takes too long. The addresses
  // of a name are taken in turn, so that many connections are spread over them. kUnavailable, kUnauthorized of TLS,
  // kInvalidArgument for a forbidden address.
  Task<Result<std::unique_ptr<Wire>>> Dial(Origin origin, DeadlineWatch::Entry& waits);

 private:
  using Address = boost::asio::ip::address;
  struct Known {
    std::vector<Address> addresses;
    SteadyTime until;
    size_t next = 0;
  };
  Task<Result<std::vector<Address>>> Resolve(std::string host, DeadlineWatch::Entry& waits);
  // The cached addresses of a name, the next one first.
  static std::vector<Address> InTurn(Known& known);
  Task<Result<std::unique_ptr<Wire>>> Connect(Origin origin, DeadlineWatch::Entry& waits);
  Task<Status> OpenTunnel(Wire& wire, Origin origin, const Proxy& proxy, DeadlineWatch::Entry& waits);

  const boost::asio::any_io_executor executor_;
  const Trust trust_;
  const ProxyRules& proxies_;
  ServersSeen& seen_;
  std::map<std::string, Known> known_;
};

}  // namespace lakeferry
