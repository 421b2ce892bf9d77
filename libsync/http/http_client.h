// HttpClient: the one client of this process for stores, workflow services, catalogs and webhooks. Connections are kept
// and shared by origin; requests are spread over threads of their own, each with its own connections.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "env/clock.h"
#include "http/io_thread.h"
#include "http/proxy_rules.h"
#include "http/servers_seen.h"
#include "http/transport.h"

namespace lakeferry {

struct HttpOptions {
  int threads = 1;
  std::string ca_file = {};  // PEM; empty: those of the system
  ProxyRules proxies = {};
  HttpTimes times = {};
};

// Must be stopped, or gone, before whoever waits for a reply is destroyed. No thread runs before the first request.
class HttpClient final : public HttpTransport {
 public:
  // `clock` is the one that deadlines are by; it outlives the client.
  HttpClient(HttpOptions options, const Clock& clock);
  ~HttpClient() override;

  // As HttpTransport::Send; also kInvalidArgument where the certificates to trust cannot be read.
  Task<Result<HttpReply>> Send(Call call, HttpRequest request, ReplyBody& body) override;
  // What servers have shown of themselves since the start.
  [[nodiscard]] const ServersSeen& seen() const { return seen_; }
  // Nothing comes back from here on.
  void Stop();

 private:
  IoThread& Pick();
  Result<std::shared_ptr<const TlsContext>> Trust();

  const HttpOptions options_;
  const Clock& clock_;
  ServersSeen seen_;  // outlives the threads
  std::mutex trust_mutex_;
  std::shared_ptr<const TlsContext> trust_;
  std::vector<std::unique_ptr<IoThread>> threads_;
};

}  // namespace lakeferry
