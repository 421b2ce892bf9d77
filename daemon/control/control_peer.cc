#include "daemon/control/control_peer.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace lakeferry::control {
namespace {

// As many as Linux lets a process have.
constexpr size_t kGroupsMax = 65'536;

std::unexpected<Error> Unknown(int error) {
  return Fail(ErrorCode::kUnavailable, "it cannot be told who asks: " + std::generic_category().message(error),
              "control socket");
}

}  // namespace

Result<Peer> PeerOf(int socket) {
  ucred credentials{};
  socklen_t length = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return Unknown(errno);
  Peer peer{.process = credentials.pid, .user = credentials.uid, .group = credentials.gid};
  std::vector<gid_t> groups(64);
  while (true) {
    length = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &length) == 0) break;
    if (errno != ERANGE || groups.size() >= kGroupsMax) return Unknown(errno);
    groups.resize(kGroupsMax);
  }
  groups.resize(length / sizeof(gid_t));
  peer.other_groups = std::move(groups);
  return peer;
}

bool MayAsk(const Peer& peer, uid_t owner, gid_t group) {
  return peer.user == 0 || peer.user == owner || peer.group == group ||
         std::ranges::find(peer.other_groups, group) != peer.other_groups.end();
}

}  // namespace lakeferry::control
