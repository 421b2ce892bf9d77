#include "tests/http/raw_client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace lakeferry {

RawClient::RawClient(uint16_t port, SSL_CTX* tls) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  good_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  if (!good_ || tls == nullptr) return;
  ssl_ = SSL_new(tls);
  SSL_set_fd(ssl_, fd_);
  good_ = SSL_connect(ssl_) == 1;
}

RawClient::~RawClient() {
  SSL_free(ssl_);
  ::close(fd_);
}

void RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ssl_ != nullptr
                           ? static_cast<ssize_t>(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())))
                           : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

size_t RawClient::ReadSome() {
  std::array<char, 16'384> room{};
  const auto count = ssl_ != nullptr ? static_cast<ssize_t>(SSL_read(ssl_, room.data(), room.size()))
                                     : ::recv(fd_, room.data(), room.size(), 0);
  if (count <= 0) return 0;
  read_.append(room.data(), static_cast<size_t>(count));
  return static_cast<size_t>(count);
}

std::string RawClient::ReadAnswer(bool head_only) {
  while (true) {
    const size_t end = read_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const size_t length = read_.find("Content-Length: ");
      const size_t body = head_only || length > end ? 0 : std::stoul(read_.substr(length + 16));
      if (end + 4 + body <= read_.size()) {
        std::string answer = read_.substr(0, end + 4 + body);
        read_.erase(0, end + 4 + body);
        return answer;
      }
    }
    if (ReadSome() == 0) return {};
  }
}

bool RawClient::ClosedWithin(Millis time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (true) {
    const auto left = std::chrono::duration_cast<Millis>(until - std::chrono::steady_clock::now()).count();
    pollfd wait{.fd = fd_, .events = POLLIN, .revents = 0};
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return false;
    if (ReadSome() == 0) return true;
  }
}

std::shared_ptr<SSL_CTX> ClientContext(const std::string& ca_file, const std::string& certificate,
                                       const std::string& key) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_load_verify_file(context.get(), ca_file.c_str());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (!certificate.empty()) {
    SSL_CTX_use_certificate_file(context.get(), certificate.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM);
  }
  return context;
}

std::string StatusOf(std::string_view answer) { return answer.size() < 12 ? "" : std::string(answer.substr(9, 3)); }

}  // namespace lakeferry
