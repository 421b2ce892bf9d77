// Notifier: how people hear of incidents.
#pragma once

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "plan/record/incident.h"

namespace lakeferry {

class Notifier {
 public:
  virtual ~Notifier() = default;
  // Tells those whom the incident names, or says why not; returns within its own time limit. The caller never waits for
  // it with replication. kRefused: some of them have it and the others never will; do not send it again.
  virtual Task<Status> Send(Call call, Incident incident) = 0;
  // What is known to keep an incident from being told now: a secret that cannot be read, what the last one failed by;
  // success where nothing is. Sends none, and asks no server.
  virtual Task<Status> Ready(Call) { co_return Status{}; }
  // Notices were put on record: whoever delivers them looks for them.
  virtual void Posted() {}
};

}  // namespace lakeferry
