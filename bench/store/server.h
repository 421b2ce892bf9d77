// Server: threads with an event loop each, which share the connections that come to one port of loopback.
#pragma once

#include <openssl/ossl_typ.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/store/store.h"

namespace lakeferry::bench {

struct ServerOptions {
  uint16_t port = 0;  // 0: one that is free
  int threads = 1;
  std::string certificate = {};  // PEM; empty: plain
  std::string key = {};
};

class Server {
 public:
  // `store` outlives it.
  Server(ServerOptions options, Store& store);
  ~Server();

  // kInvalidArgument for a port that is taken, or a certificate that cannot be used.
  Status Listen();
  [[nodiscard]] uint16_t port() const;
  // Until a signal asks for the end.
  void Run();

 private:
  // A thread's.
  struct Lane {
    explicit Lane(Keys keys) : signatures(std::move(keys)) {}
    boost::asio::io_context loop{1};
    SignatureCheck signatures;
  };
  Status UseCertificate();
  Task<void> Accept();
  static Task<void> Serve(boost::asio::ip::tcp::socket socket, SSL_CTX* tls, Store& store, Lane& lane);

  const ServerOptions options_;
  Store& store_;
  SSL_CTX* tls_ = nullptr;
  std::vector<std::unique_ptr<Lane>> lanes_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace lakeferry::bench
