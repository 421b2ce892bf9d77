#include "tests/http/scripted_server.h"

#include <sys/socket.h>

#include <algorithm>

namespace lakeferry {
namespace {

using boost::asio::ip::tcp;

size_t BodyBytes(const std::string& head) {
  const size_t at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

}  // namespace

Peer::Peer(tcp::socket socket, SSL_CTX* tls) : socket_(std::move(socket)) {
  if (tls == nullptr) return;
  ssl_ = SSL_new(tls);
  SSL_set_fd(ssl_, socket_.native_handle());
  if (SSL_accept(ssl_) != 1) Reset();
}

Peer::~Peer() { SSL_free(ssl_); }

size_t Peer::ReadSome(char* room, size_t size) {
  const auto count = ssl_ != nullptr ? static_cast<ssize_t>(SSL_read(ssl_, room, static_cast<int>(size)))
                                     : ::recv(socket_.native_handle(), room, size, 0);
  return count > 0 ? static_cast<size_t>(count) : 0;
}

std::string Peer::ReadRequest() {
  std::string room(65'536, '\0');
  while (true) {
    const size_t end = read_.find("\r\n\r\n");
    const size_t whole = end == std::string::npos ? std::string::npos : end + 4 + BodyBytes(read_.substr(0, end + 2));
    if (whole <= read_.size()) {
      std::string request = read_.substr(0, whole);
      read_.erase(0, whole);
      return request;
    }
    const size_t count = ReadSome(room.data(), room.size());
    if (count == 0) return {};
    read_.append(room, 0, count);
  }
}

std::string Peer::ReadBytes(size_t count) {
  std::string bytes(count, '\0');
  bytes.resize(ReadSome(bytes.data(), count));
  return bytes;
}

void Peer::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ssl_ != nullptr
                           ? static_cast<ssize_t>(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())))
                           : ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

void Peer::Reset() {
  boost::system::error_code ignored;
  socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

ScriptedServer::ScriptedServer(std::vector<Serve> script, std::shared_ptr<SSL_CTX> tls)
    : script_(std::move(script)),
      tls_(std::move(tls)),
      acceptor_(loop_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
      accepting_([this] { Accept(); }) {}

ScriptedServer::~ScriptedServer() {
  over_ = true;
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  accepting_.join();
}

Origin ScriptedServer::origin() const {
  return {.tls = tls_ != nullptr, .host = "127.0.0.1", .port = acceptor_.local_endpoint().port()};
}

void ScriptedServer::Accept() {
  while (!over_) {
    boost::system::error_code error;
    tcp::socket socket(loop_);
    acceptor_.accept(socket, error);
    if (error) return;
    const auto number = static_cast<size_t>(connections_++);
    threads_.emplace_back([this, number, held = std::move(socket)]() mutable {
      Peer peer(std::move(held), tls_.get());
      script_[std::min(number, script_.size() - 1)](peer);
    });
  }
}

}  // namespace lakeferry
