// Channel: a connection that somebody opened to the store, plain or under TLS.
#pragma once

#include <openssl/ossl_typ.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <span>
#include <vector>

#include "async/task.h"

namespace lakeferry::bench {

// Lives on the thread of the socket's executor.
class Channel {
 public:
  // `tls` null: plain.
  Channel(boost::asio::ip::tcp::socket socket, SSL_CTX* tls);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // False: it is of no use.
  Task<bool> Open();
  // At least one byte; 0: the other side has gone.
  Task<size_t> Read(std::span<char> room);
  // All of them; false: the other side has gone.
  Task<bool> Write(std::vector<std::span<const char>> pieces);

 private:
  Task<bool> WaitFor(boost::asio::ip::tcp::socket::wait_type what);
  // After a call of TLS that came to `result`: waits for what it lacks.
  Task<bool> Again(int result);
  Task<bool> WritePlain(std::vector<std::span<const char>> pieces);
  Task<bool> WriteTls(std::vector<std::span<const char>> pieces);

  boost::asio::ip::tcp::socket socket_;
  SSL* tls_ = nullptr;
};

}  // namespace lakeferry::bench
