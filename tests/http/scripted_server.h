// ScriptedServer: the other side of connections, told what to do with each.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/origin.h"

namespace lakeferry {

// One connection, blocking.
class Peer {
 public:
  Peer(boost::asio::ip::tcp::socket socket, SSL_CTX* tls);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // A whole request with its body; empty where the other side has closed.
  std::string ReadRequest();
  // Of the request, that much.
  std::string ReadBytes(size_t count);
  void Write(std::string_view bytes);
  // The other side is told that the connection broke.
  void Reset();

 private:
  size_t ReadSome(char* room, size_t size);

  boost::asio::ip::tcp::socket socket_;
  SSL* ssl_ = nullptr;
  std::string read_;
};

// On loopback. Every connection is served on a thread of its own, by the function of its number, or the last.
class ScriptedServer {
 public:
  using Serve = std::function<void(Peer&)>;
  explicit ScriptedServer(std::vector<Serve> script, std::shared_ptr<SSL_CTX> tls = nullptr);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] Origin origin() const;
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void Accept();

  const std::vector<Serve> script_;
  const std::shared_ptr<SSL_CTX> tls_;
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> over_ = false;
  std::vector<std::jthread> threads_;
  std::jthread accepting_;
};

}  // namespace lakeferry
