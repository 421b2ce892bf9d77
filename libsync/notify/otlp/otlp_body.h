// What is posted to a collector of traces: OTLP over HTTP in its JSON encoding (opentelemetry-proto 1.x,
// ExportTraceServiceRequest): ids in hex, 64-bit numbers as text, times in nanoseconds. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/trace/epoch_trace.h"

namespace lakeferry::notify {

// Which process speaks.
struct TraceSource {
  std::string region;
  std::string host;
  std::string version;  // of the program
};

[[nodiscard]] std::string OtlpBody(const TraceSource& source, const std::vector<plan::EpochTrace>& traces);

// What a collector's answer of success says that it did not take; absent where it took all, or says nothing of it.
struct RejectedSpans {
  int64_t count = 0;
  std::string why;
};
[[nodiscard]] std::optional<RejectedSpans> ReadOtlpAnswer(std::string_view text);

}  // namespace lakeferry::notify
