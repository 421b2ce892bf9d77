#include "http/counted_transport.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/saturated.h"

namespace lakeferry {
namespace {

std::string OutcomeOf(const Result<HttpReply>& reply) {
  return reply ? fmt::format("{}xx", reply->status / 100) : std::string(ErrorCodeName(reply.error().code));
}

}  // namespace

Task<Result<HttpReply>> CountedTransport::Send(Call call, HttpRequest request, ReplyBody& body) {
  std::pair key(fmt::format("{}:{}", request.origin.host, request.origin.port),
                std::string(MethodName(request.method)));
  const auto sent = static_cast<int64_t>(request.body.size());
  const Millis began = clock_.Monotonic();
  auto reply = co_await http_.Send(std::move(call), std::move(request), body);
  if (traffic_.size() >= kServicesMax && !traffic_.contains(key)) co_return reply;
  Traffic& traffic = traffic_[std::move(key)];
  const Millis took = clock_.Monotonic() - began;
  const auto* interval = std::ranges::lower_bound(kTrafficSeconds, static_cast<double>(took.count()) / 1'000.0);
  ++traffic.within[static_cast<size_t>(interval - kTrafficSeconds.begin())];
  traffic.took += took;
  ++traffic.replies[OutcomeOf(reply)];
  traffic.sent_bytes = AddSaturated(traffic.sent_bytes, sent);
  traffic.received_bytes = AddSaturated(traffic.received_bytes, static_cast<int64_t>(body.received + body.text.size()));
  co_return reply;
}

}  // namespace lakeferry
