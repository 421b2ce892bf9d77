#include "bench/store/channel.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <string>

#include "http/socket_bio.h"

namespace lakeferry::bench {
namespace {

namespace asio = boost::asio;
using Socket = asio::ip::tcp::socket;

constexpr size_t kPiecesAtOnce = 16;
// So little is copied to go out in one record of TLS.
constexpr size_t kJoined = size_t{16} << 10;

bool MayTryAgain() { return errno == EAGAIN || errno == EINTR; }

// The first pieces, as far as they are small together, as one.
std::string TakeSmall(std::vector<std::span<const char>>& pieces) {
  std::string head;
  size_t taken = 0;
  while (taken < pieces.size() && head.size() + pieces[taken].size() <= kJoined) {
    head.append(pieces[taken].data(), pieces[taken].size());
    ++taken;
  }
  pieces.erase(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(taken));
  return head;
}

}  // namespace

Channel::Channel(Socket socket, SSL_CTX* tls) : socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (tls == nullptr) return;
  tls_ = SSL_new(tls);
  BIO* bio = NewSocketBio(socket_.native_handle());
  SSL_set_bio(tls_, bio, bio);
}

Channel::~Channel() { SSL_free(tls_); }

Task<bool> Channel::WaitFor(Socket::wait_type what) {
  boost::system::error_code error;
  co_await socket_.async_wait(what, asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

Task<bool> Channel::Again(int result) {
  const int error = SSL_get_error(tls_, result);
  if (error == SSL_ERROR_WANT_READ) co_return co_await WaitFor(Socket::wait_read);
  if (error == SSL_ERROR_WANT_WRITE) co_return co_await WaitFor(Socket::wait_write);
  co_return false;
}

Task<bool> Channel::Open() {
  while (tls_ != nullptr) {
    ERR_clear_error();
    const int result = SSL_accept(tls_);
    if (result == 1) break;
    const bool again = co_await Again(result);
    if (!again) co_return false;
  }
  co_return true;
}

Task<size_t> Channel::Read(std::span<char> room) {
  while (true) {
    bool again = false;
    if (tls_ != nullptr) {
      size_t count = 0;
      ERR_clear_error();
      const int result = SSL_read_ex(tls_, room.data(), room.size(), &count);
      if (result == 1) co_return count;
      again = co_await Again(result);
    } else {
      const ssize_t count = ::recv(socket_.native_handle(), room.data(), room.size(), 0);
      if (count >= 0) co_return static_cast<size_t>(count);
      again = MayTryAgain();
      if (again) again = co_await WaitFor(Socket::wait_read);
    }
    if (!again) co_return 0;
  }
}

Task<bool> Channel::WritePlain(std::vector<std::span<const char>> pieces) {
  size_t first = 0;
  while (first < pieces.size()) {
    std::array<iovec, kPiecesAtOnce> list{};
    const size_t count = std::min(kPiecesAtOnce, pieces.size() - first);
    for (size_t i = 0; i < count; ++i) {
      const std::span<const char> piece = pieces[first + i];
      list[i] = {.iov_base = const_cast<char*>(piece.data()), .iov_len = piece.size()};
    }
    const msghdr message{.msg_name = nullptr,
                         .msg_namelen = 0,
                         .msg_iov = list.data(),
                         .msg_iovlen = count,
                         .msg_control = nullptr,
                         .msg_controllen = 0,
                         .msg_flags = 0};
    const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (!MayTryAgain()) co_return false;
      const bool ready = co_await WaitFor(Socket::wait_write);
      if (!ready) co_return false;
      continue;
    }
    for (auto rest = static_cast<size_t>(sent); first < pieces.size();) {
      const size_t taken = std::min(rest, pieces[first].size());
      pieces[first] = pieces[first].subspan(taken);
      rest -= taken;
      if (!pieces[first].empty()) break;
      ++first;
    }
  }
  co_return true;
}

Task<bool> Channel::WriteTls(std::vector<std::span<const char>> pieces) {
  const std::string head = TakeSmall(pieces);
  if (!head.empty()) pieces.insert(pieces.begin(), head);
  for (std::span<const char> piece : pieces) {
    while (!piece.empty()) {
      size_t count = 0;
      ERR_clear_error();
      const int result = SSL_write_ex(tls_, piece.data(), piece.size(), &count);
      if (result == 1) {
        piece = piece.subspan(count);
        continue;
      }
      const bool again = co_await Again(result);
      if (!again) co_return false;
    }
  }
  co_return true;
}

Task<bool> Channel::Write(std::vector<std::span<const char>> pieces) {
  if (tls_ != nullptr) co_return co_await WriteTls(std::move(pieces));
  co_return co_await WritePlain(std::move(pieces));
}

}  // namespace lakeferry::bench
