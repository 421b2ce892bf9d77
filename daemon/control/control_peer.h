// Who is at the other end of a control socket, as the kernel says.
#pragma once

#include <sys/types.h>

#include <vector>

#include "base/result.h"

namespace lakeferry::control {

struct Peer {
  pid_t process = 0;
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> other_groups = {};
};

// Of a connected Unix socket. kUnavailable where it cannot be told.
[[nodiscard]] Result<Peer> PeerOf(int socket);

// The user the service runs as, root, and members of the group that the socket has. The file's rights say the same;
// this holds where somebody has opened them too far.
[[nodiscard]] bool MayAsk(const Peer& peer, uid_t owner, gid_t group);

}  // namespace lakeferry::control
