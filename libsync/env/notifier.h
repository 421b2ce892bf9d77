// Notifier: how people hear of incidents.
#pragma once

#include <string>
#include <vector>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"

namespace lakeferry {

struct Message {
  std::vector<std::string> to;  // addresses
  std::string subject;          // one line
  std::string body;             // plain text
};

class Notifier {
 public:
  virtual ~Notifier() = default;
  // Delivers to the first server that takes it, or says why not; returns within its own time limit. The caller never
  // waits for it with replication. kRefused: some recipients have it and the others never will; do not send it again.
  virtual Task<Status> Send(Call call, Message message) = 0;
  // What is known to keep a mail from being sent now: that of a secret that cannot be read, of the last mail that did
  // not go out, and success where nothing is. Sends none, and asks no server.
  virtual Task<Status> Ready(Call) { co_return Status{}; }
};

}  // namespace lakeferry
