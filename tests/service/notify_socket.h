// NotifySocket: stands for the service manager at the other end of $NOTIFY_SOCKET, while it lives.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/time.h"

namespace lakeferry::service {

class NotifySocket {
 public:
  NotifySocket() : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    char folder[] = "/tmp/lakeferry-notify-XXXXXX";
    folder_ = mkdtemp(folder);
    path_ = folder_ + "/socket";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  }
  ~NotifySocket() {
    unsetenv("NOTIFY_SOCKET");
    close(fd_);
    unlink(path_.c_str());
    rmdir(folder_.c_str());
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // The next datagram; empty when none comes within `limit`.
  std::string Next(Millis limit) {
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, static_cast<int>(limit.count())) != 1) return {};
    char buffer[4096];
    const ssize_t length = recv(fd_, buffer, sizeof buffer, 0);
    return length > 0 ? std::string(buffer, static_cast<size_t>(length)) : std::string();
  }

  // What has come and not been read yet.
  std::vector<std::string> Rest() {
    std::vector<std::string> all;
    for (std::string next = Next(Millis(0)); !next.empty(); next = Next(Millis(0))) all.push_back(next);
    return all;
  }

 private:
  int fd_;
  std::string folder_;
  std::string path_;
};

}  // namespace lakeferry::service
