// HttpServer: answers HTTP/1.1 on one address, plain or under TLS, on a thread of its own, so that no client holds up
// anything else of the process. Who is slow, idle for long, or sends too much is cut off; what breaks HTTP, names
// another host or comes from another site is refused before anybody is asked.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "async/task.h"
#include "base/result.h"
#include "base/time.h"
#include "env/logger.h"
#include "http/server/request_reader.h"
#include "http/server/server_message.h"
#include "http/server/server_place.h"
#include "http/tls_context.h"

namespace lakeferry {

struct ServerLimits {
  size_t connections_max = 128;    // at once; the one that is idle for longest makes room for another
  int requests_max = 10'000;       // of a connection
  Millis head{10'000};             // from a request's first byte, or the connection's, to the end of the header
  Millis body{20'000};             // from there to the end of the body
  Millis idle{60'000};             // between two requests
  Millis answer{60'000};           // until the answer is gone
  Millis files_looked_at{10'000};  // how often certificate and key are looked at
  RequestLimits request = {};
};

// What changes while it runs (Use).
struct ServerRules {
  std::vector<std::string> names = {};  // by which it is reached beside its address and those of the loopback
  std::optional<ServerTls> tls = {};    // absent: plain
};

class HttpServer {
 public:
  // On the server's thread, many at once. `stop` is requested when the server closes.
  using Handler = std::function<Task<ServerReply>(ServerRequest request, std::stop_token stop)>;
  // How a refusal is said.
  using Refuse = std::function<ServerReply(const Refusal&)>;

  struct Parts {
    Handler handle;
    Refuse refuse;
    Logger& log;  // safe from any thread; outlives the server
    ServerLimits limits = {};
  };

  // Listens from now on, and answers once Start is called. kRefused naming the address where another process listens
  // there; kInvalidArgument where the address is none of this machine's, or certificate and key cannot be used;
  // kUnauthorized where this user may not listen there.
  static Result<std::unique_ptr<HttpServer>> Listen(const ServerPlace& place, ServerRules rules, Parts parts);
  // As Stop.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Once.
  void Start();
  // Ends the thread, whatever is under way. Close comes first where requests may be under way that somebody else's
  // executor works on.
  void Stop();
  // For connections and requests that come from now on. Errors as those of Listen about certificate and key; all stays
  // as it was then.
  Status Use(ServerRules rules);
  // Takes nothing more, and returns once all that is under way has ended. From any executor but the server's.
  Task<void> Close();

  [[nodiscard]] uint16_t port() const;
  [[nodiscard]] boost::asio::any_io_executor executor() const;

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace lakeferry
