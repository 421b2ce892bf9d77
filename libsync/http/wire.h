// Wire: a connection, plain or under TLS, that reads and writes what the socket takes and waits where it takes nothing.
#pragma once

#include <openssl/ossl_typ.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "async/task.h"
#include "base/result.h"
#include "http/servers_seen.h"
#include "http/tls_context.h"

namespace lakeferry {

// Lives on the thread of the socket's executor. One read and one write at a time.
class Wire {
 public:
  explicit Wire(boost::asio::ip::tcp::socket socket);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // Under TLS from here on; `host` is whom the certificate has to name. kUnauthorized where it does not, or where
  // nobody we trust has signed it; kUnavailable.
  Task<Status> StartTls(std::shared_ptr<const TlsContext> context, std::string host);
  // The same of the server's side: waits for the client to begin. kUnauthorized where it shows a certificate that is
  // not good; kUnavailable.
  Task<Status> AcceptTls(std::shared_ptr<const TlsContext> context);
  // Whom the client's certificate names, as RFC 2253 has it; absent without one.
  [[nodiscard]] std::optional<std::string> PeerName() const;
  // When what the other side has shown is good; absent without one, and where its times cannot be told.
  [[nodiscard]] std::optional<ShownCertificate> PeerCertificate() const;
  // Waits for at least one byte; 0 where the other side has closed. kUnavailable.
  Task<Result<size_t>> Read(std::span<char> room);
  // Waits until at least one byte is on its way. kUnavailable.
  Task<Result<size_t>> Write(std::span<const char> bytes);
  // Nothing came since the last reply and the other side has not closed: it can take a request.
  [[nodiscard]] bool IsQuiet();
  // Nothing more is sent; what comes can still be read.
  void EndWrites();
  // Whoever waits gets kUnavailable.
  void Close();

 private:
  enum class Want { kRead, kWrite };
  Task<Status> WaitFor(Want want);
  // A session over the socket; kUnavailable for want of memory.
  Status NewSession(std::shared_ptr<const TlsContext> context);
  // What a call on the TLS session that returned `result` needs to be tried again.
  [[nodiscard]] Result<Want> TlsWant(int result);
  [[nodiscard]] std::unexpected<Error> TlsRefused(const std::string& host) const;
  Result<size_t> TryReadTls(std::span<char> room, bool& again);
  Result<size_t> TryReadPlain(std::span<char> room, bool& again);

  boost::asio::ip::tcp::socket socket_;
  std::shared_ptr<const TlsContext> context_;
  SSL* tls_ = nullptr;
  Want want_ = Want::kRead;  // of a call that has to be tried again
};

}  // namespace lakeferry
