#include "bench/store/server.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <exception>
#include <thread>
#include <utility>

#include "base/check.h"
#include "bench/store/session.h"

namespace lakeferry::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

void NeverThrows(const std::exception_ptr& failure) { LF_CHECK(!failure, "an exception left a connection"); }

}  // namespace

Server::Server(ServerOptions options, Store& store)
    : options_(std::move(options)),
      store_(store),
      lanes_([&] {
        std::vector<std::unique_ptr<Lane>> lanes;
        for (int i = 0; i < std::max(options_.threads, 1); ++i) {
          lanes.push_back(std::make_unique<Lane>(store.options().keys));
        }
        return lanes;
      }()),
      acceptor_(lanes_.front()->loop) {}

Server::~Server() { SSL_CTX_free(tls_); }

Status Server::UseCertificate() {
  tls_ = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_min_proto_version(tls_, TLS1_2_VERSION);
  SSL_CTX_set_mode(tls_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // As the endpoints of AWS choose.
  SSL_CTX_set_options(tls_, SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_ciphersuites(tls_, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
  if (SSL_CTX_use_certificate_chain_file(tls_, options_.certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(tls_, options_.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return Fail(ErrorCode::kInvalidArgument, "the certificate or its key cannot be used", options_.certificate);
  }
  return {};
}

Status Server::Listen() {
  if (!options_.certificate.empty()) LF_TRY_OK(UseCertificate());
  const tcp::endpoint place(asio::ip::address_v4::loopback(), options_.port);
  boost::system::error_code error;
  acceptor_.open(place.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(place, error);
  if (!error) acceptor_.listen(1024, error);
  if (error) return Fail(ErrorCode::kInvalidArgument, "cannot listen: " + error.message());
  return {};
}

uint16_t Server::port() const { return acceptor_.local_endpoint().port(); }

Task<void> Server::Serve(tcp::socket socket, SSL_CTX* tls, Store& store, Lane& lane) {
  Session session(std::move(socket), tls, store, lane.signatures);
  co_await session.Run();
}

Task<void> Server::Accept() {
  for (size_t next = 0;; ++next) {
    Lane& lane = *lanes_[next % lanes_.size()];
    boost::system::error_code error;
    tcp::socket socket = co_await acceptor_.async_accept(lane.loop, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    asio::co_spawn(lane.loop, Serve(std::move(socket), tls_, store_, lane), NeverThrows);
  }
}

void Server::Run() {
  asio::signal_set signals(lanes_.front()->loop, SIGTERM, SIGINT);
  signals.async_wait([this](const boost::system::error_code&, int) {
    for (const auto& lane : lanes_) lane->loop.stop();
  });
  asio::co_spawn(lanes_.front()->loop, Accept(), NeverThrows);
  std::vector<std::thread> threads;
  for (const auto& lane : lanes_) {
    threads.emplace_back([&loop = lane->loop] {
      const auto work = asio::make_work_guard(loop);
      loop.run();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace lakeferry::bench
