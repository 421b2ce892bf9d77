#include "daemon/control/control_client.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "daemon/control/control_message.h"
#include "daemon/control/control_place.h"

namespace lakeferry::control {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

std::string Words(int error) { return std::generic_category().message(error); }

std::unexpected<Error> HungUp(const std::string& path, const std::string& why) {
  return Fail(ErrorCode::kUnavailable, fmt::format("the service hung up without an answer: {}", why), path,
              "its log says why; what it was asked for may be under way");
}

// Whether somebody listens.
Result<bool> Connect(int fd, const SocketAddress& address, const std::string& path) {
  while (::connect(fd, address.get(), SocketAddress::kBytes) != 0) {
    if (errno == EINTR) continue;
    // One that was left by a process that was killed refuses.
    if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR) return false;
    if (errno != EACCES && errno != EPERM) {
      return Fail(ErrorCode::kUnavailable, "the service cannot be reached: " + Words(errno), path);
    }
    return Fail(ErrorCode::kUnauthorized, "this user may not ask the running service", path,
                "run this as the service's user or as a member of its group");
  }
  return true;
}

// A process that has refused before it read everything still has an answer: what could not be sent is no error here.
void Send(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return;
    text.remove_prefix(static_cast<size_t>(sent));
  }
}

Result<std::string> ReadLine(int fd, const std::string& path) {
  std::string line;
  std::array<char, 65'536> piece{};
  while (line.size() <= kAnswerBytesMax) {
    const ssize_t got = ::recv(fd, piece.data(), piece.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return HungUp(path, Words(errno));
    if (got == 0) return HungUp(path, "it has ended, or was restarted");
    line.append(piece.data(), static_cast<size_t>(got));
    if (line.back() == '\n') return line;
  }
  return HungUp(path, "what it says has no end");
}

}  // namespace

Result<std::optional<std::string>> AskService(const std::string& path, const std::string& request) {
  const Result<SocketAddress> address = SocketAddress::Of(path);
  if (!address) return std::nullopt;  // nobody can listen there
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return Fail(ErrorCode::kUnavailable, "a socket cannot be made: " + Words(errno), path);
  LF_TRY(const bool listens, Connect(socket.get(), *address, path));
  if (!listens) return std::nullopt;
  Send(socket.get(), request);
  LF_TRY(std::string line, ReadLine(socket.get(), path));
  return line;
}

}  // namespace lakeferry::control
