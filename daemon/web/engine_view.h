// What the engine does, as a value that other threads may read.
#pragma once

#include "daemon/export/status_account.h"
#include "daemon/output/status_output.h"
#include "engine/run/replicator_snapshot.h"
#include "http/counted_transport.h"
#include "notify/otlp/otlp_tracer.h"

namespace lakeferry::web {

struct EngineView {
  bool known = false;  // false: it has not answered yet
  engine::ReplicatorSnapshot snapshot = {};
  TrafficByService traffic = {};
  int64_t requests_waiting = 0;  // to stores, held back because a service is busy
  StatusTableAccount status_table = {};
  notify::TracingAccount tracing = {};
  Millis taken{0};  // when, by a clock that never goes back
};

// What waits in the process.
[[nodiscard]] QueueDepths QueuesOf(const EngineView& view);

// Why the process cannot be relied on yet: groups that nobody has looked at since it started, and an engine that does
// not answer. Empty where it can. Pure.
[[nodiscard]] std::string WhyNotReady(const EngineView& view, Millis now);

}  // namespace lakeferry::web
