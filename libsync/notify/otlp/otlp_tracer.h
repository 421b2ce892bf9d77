// OtlpTracer: sends how epochs went to a collector of OpenTelemetry, beside everything else. What is not sent yet is
// kept in memory within a bound, oldest first out; a collector that does not answer holds up nothing and loses only
// traces.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "base/secret.h"
#include "env/clock.h"
#include "env/logger.h"
#include "env/tracer.h"
#include "http/origin.h"
#include "http/transport.h"
#include "notify/otlp/otlp_body.h"

namespace lakeferry::notify {

struct OtlpTarget {
  lakeferry::Url url;
  std::optional<Secret> token = {};  // sent as Authorization: Bearer
};

struct OtlpLimits {
  size_t traces_max = 512;  // kept; more, and the oldest are given up
  size_t batch_max = 64;    // sent at once
  Millis answer_within{10'000};
  Millis delay_first{1'000};  // after a failure; twice as long after each further one
  Millis delay_max = std::chrono::minutes(1);
};

// How tracing fares, since the start.
struct TracingAccount {
  bool configured = false;
  int64_t sent = 0;     // traces that the collector has
  int64_t lost = 0;     // that were given up: too many waited, or the collector refused them
  int64_t waiting = 0;  // that are still to be sent
};

// One thread. What it is given outlives it.
class OtlpTracer final : public Tracer {
 public:
  OtlpTracer(OtlpTarget target, TraceSource source, HttpTransport& http, Clock& clock, Logger& log,
             OtlpLimits limits = {})
      : target_(std::move(target)),
        source_(std::move(source)),
        http_(http),
        clock_(clock),
        log_(log),
        limits_(limits) {}

  void Take(plan::EpochTrace trace) override;
  // Sends until the call is stopped; an attempt under way is cut short then.
  Task<void> Run(Call call);
  // What waits: one attempt, for the end of a process.
  Task<void> Flush(Call call);
  [[nodiscard]] TracingAccount account() const;

 private:
  Task<Status> SendBatch(Call call);
  Task<Status> Post(Call call, std::vector<plan::EpochTrace> batch) const;
  void Note(const Status& sent, size_t batch);
  // Until there is something to send, or `pause` is over.
  Task<void> Rest(Call call, Millis pause);

  const OtlpTarget target_;
  const TraceSource source_;
  HttpTransport& http_;
  Clock& clock_;
  Logger& log_;
  const OtlpLimits limits_;
  std::deque<plan::EpochTrace> waiting_;
  std::stop_source asked_;  // ends the rest under way
  int64_t sent_ = 0;
  int64_t lost_ = 0;
  int failures_ = 0;  // in a row
};

}  // namespace lakeferry::notify
