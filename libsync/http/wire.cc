#include "http/wire.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <system_error>

#include "http/socket_bio.h"

namespace lakeferry {
namespace {

namespace asio = boost::asio;

std::unexpected<Error> Lost(int error) {
  return Fail(ErrorCode::kUnavailable,
              fmt::format("the connection broke ({})", std::generic_category().message(error)));
}

std::string TlsReason() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

bool IsAddress(const std::string& host) {
  boost::system::error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

Wire::Wire(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
  boost::system::error_code ignored;  // a connection that is slower for it works all the same
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

Wire::~Wire() { SSL_free(tls_); }

void Wire::Close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

Task<Status> Wire::WaitFor(Want want) {
  boost::system::error_code error;
  const auto what = want == Want::kRead ? asio::socket_base::wait_read : asio::socket_base::wait_write;
  co_await socket_.async_wait(what, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return Fail(ErrorCode::kUnavailable, fmt::format("the connection broke ({})", error.message()));
  co_return Status();
}

Result<Wire::Want> Wire::TlsWant(int result) {
  const int saved = errno;
  switch (SSL_get_error(tls_, result)) {
    case SSL_ERROR_WANT_READ: return Want::kRead;
    case SSL_ERROR_WANT_WRITE: return Want::kWrite;
    case SSL_ERROR_SYSCALL: return Lost(saved == 0 ? ECONNRESET : saved);
    default: return Fail(ErrorCode::kUnavailable, fmt::format("the connection broke ({})", TlsReason()));
  }
}

std::unexpected<Error> Wire::TlsRefused(const std::string& host) const {
  const long verdict = SSL_get_verify_result(tls_);
  return Fail(ErrorCode::kUnauthorized,
              fmt::format("the certificate of {} is not trusted: {}", host, X509_verify_cert_error_string(verdict)), {},
              "look at the endpoint's name and the certificate's; name the signer's in AWS_CA_BUNDLE or SSL_CERT_FILE "
              "where it is one of your own");
}

Status Wire::NewSession(std::shared_ptr<const TlsContext> context) {
  context_ = std::move(context);
  tls_ = SSL_new(context_->native());
  BIO* bio = tls_ == nullptr ? nullptr : NewSocketBio(socket_.native_handle());
  if (bio == nullptr) return Fail(ErrorCode::kUnavailable, "no memory for a connection");
  SSL_set_bio(tls_, bio, bio);
  return {};
}

Task<Status> Wire::AcceptTls(std::shared_ptr<const TlsContext> context) {
  LF_CO_TRY_OK(NewSession(std::move(context)));
  while (true) {
    ERR_clear_error();
    const int result = SSL_accept(tls_);
    if (result == 1) co_return Status();
    const auto want = TlsWant(result);
    if (!want && SSL_get_verify_result(tls_) != X509_V_OK) {
      co_return Fail(ErrorCode::kUnauthorized, fmt::format("the client's certificate is not good: {}",
                                                           X509_verify_cert_error_string(SSL_get_verify_result(tls_))));
    }
    LF_CO_TRY_OK(want);
    const Status waited = co_await WaitFor(*want);
    LF_CO_TRY_OK(waited);
  }
}

std::optional<std::string> Wire::PeerName() const {
  X509* certificate = tls_ == nullptr ? nullptr : SSL_get0_peer_certificate(tls_);
  if (certificate == nullptr) return std::nullopt;
  BIO* out = BIO_new(BIO_s_mem());
  if (out == nullptr) return std::nullopt;
  X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  std::string name(text, static_cast<size_t>(size));
  BIO_free(out);
  return name;
}

std::optional<ShownCertificate> Wire::PeerCertificate() const {
  const X509* certificate = tls_ == nullptr ? nullptr : SSL_get0_peer_certificate(tls_);
  if (certificate == nullptr) return std::nullopt;
  const auto since = TimeOfAsn1(X509_get0_notBefore(certificate));
  const auto until = TimeOfAsn1(X509_get0_notAfter(certificate));
  if (!since || !until) return std::nullopt;
  return ShownCertificate{.since = *since, .until = *until};
}

void Wire::EndWrites() {
  if (tls_ != nullptr) SSL_shutdown(tls_);
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

Task<Status> Wire::StartTls(std::shared_ptr<const TlsContext> context, std::string host) {
  LF_CO_TRY_OK(NewSession(std::move(context)));
  X509_VERIFY_PARAM* rules = SSL_get0_param(tls_);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool address = IsAddress(host);
  if (!address) SSL_set_tlsext_host_name(tls_, host.c_str());
  const int named = address ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str())
                            : X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
  if (named != 1) co_return Fail(ErrorCode::kInvalidArgument, "no certificate can have this name", host);
  while (true) {
    ERR_clear_error();
    const int result = SSL_connect(tls_);
    if (result == 1) co_return Status();
    const auto want = TlsWant(result);
    if (!want && SSL_get_verify_result(tls_) != X509_V_OK) co_return TlsRefused(host);
    LF_CO_TRY_OK(want);
    const Status waited = co_await WaitFor(*want);
    LF_CO_TRY_OK(waited);
  }
}

Result<size_t> Wire::TryReadPlain(std::span<char> room, bool& again) {
  const ssize_t count = ::recv(socket_.native_handle(), room.data(), room.size(), 0);
  if (count >= 0) return static_cast<size_t>(count);
  again = errno == EAGAIN || errno == EINTR;
  if (again) return size_t{0};
  return Lost(errno);
}

// As much as is there: a call gives one record.
Result<size_t> Wire::TryReadTls(std::span<char> room, bool& again) {
  size_t total = 0;
  while (total < room.size()) {
    size_t count = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(tls_, room.data() + total, room.size() - total, &count);
    total += count;
    if (result == 1) continue;
    if (total > 0 || SSL_get_error(tls_, result) == SSL_ERROR_ZERO_RETURN) return total;
    LF_TRY(want_, TlsWant(result));
    again = true;
    return size_t{0};
  }
  return total;
}

Task<Result<size_t>> Wire::Read(std::span<char> room) {
  while (true) {
    bool again = false;
    want_ = Want::kRead;
    const Result<size_t> count = tls_ == nullptr ? TryReadPlain(room, again) : TryReadTls(room, again);
    if (!again) co_return count;
    const Status waited = co_await WaitFor(want_);
    LF_CO_TRY_OK(waited);
  }
}

Task<Result<size_t>> Wire::Write(std::span<const char> bytes) {
  while (true) {
    Want want = Want::kWrite;
    if (tls_ == nullptr) {
      const ssize_t count = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count >= 0) co_return static_cast<size_t>(count);
      if (errno != EAGAIN && errno != EINTR) co_return Lost(errno);
    } else {
      size_t count = 0;
      ERR_clear_error();
      const int result = SSL_write_ex(tls_, bytes.data(), bytes.size(), &count);
      if (result == 1) co_return count;
      LF_CO_TRY(want, TlsWant(result));
    }
    const Status waited = co_await WaitFor(want);
    LF_CO_TRY_OK(waited);
  }
}

bool Wire::IsQuiet() {
  char byte = 0;
  const ssize_t peeked = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK);
  if (peeked < 0) return errno == EAGAIN && (tls_ == nullptr || SSL_pending(tls_) == 0);
  if (peeked == 0 || tls_ == nullptr) return false;
  // Under TLS it may be a ticket for later connections.
  size_t count = 0;
  ERR_clear_error();
  const int result = SSL_peek_ex(tls_, &byte, 1, &count);
  return result != 1 && SSL_get_error(tls_, result) == SSL_ERROR_WANT_READ;
}

}  // namespace lakeferry
