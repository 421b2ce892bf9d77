#include "notify/otlp/otlp_tracer.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

#include "async/within_memory.h"
#include "http/retry.h"

namespace lakeferry::notify {
namespace {

constexpr Millis kLongRest = std::chrono::minutes(5);
constexpr int kDoublingsAtMost = 10;
constexpr char kCollector[] = "tracing.endpoint";

Status Answered(const HttpReply& reply, TimeMs now) {
  if (reply.ok()) return {};
  const bool later = RetryClassOf(reply.status) != RetryClass::kFinal || reply.status >= 500;
  return std::unexpected(Error{.code = later ? ErrorCode::kUnavailable : ErrorCode::kRefused,
                               .message = fmt::format("the collector answers with status {}", reply.status),
                               .where = kCollector,
                               .remedy = later ? "it is tried again" : "see that endpoint and token are right",
                               .retry_after = RetryAfter(reply.headers, now)});
}

}  // namespace

void OtlpTracer::Take(plan::EpochTrace trace) {
  if (waiting_.size() >= limits_.traces_max) {
    waiting_.pop_front();
    ++lost_;
  }
  waiting_.push_back(std::move(trace));
  asked_.request_stop();
}

TracingAccount OtlpTracer::account() const {
  return {.configured = true, .sent = sent_, .lost = lost_, .waiting = std::ssize(waiting_)};
}

Task<Status> OtlpTracer::Post(Call call, std::vector<plan::EpochTrace> batch) const {
  const std::string body = OtlpBody(source_, batch);
  HttpRequest request{
      .method = Method::kPost,
      .origin = target_.url.origin,
      .target = target_.url.target,
      .headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}, {"User-Agent", "lakeferry"}},
      .body = std::span<const char>(body.data(), body.size())};
  if (target_.token) request.headers.Add("Authorization", "Bearer " + std::string(target_.token->Reveal()));
  ReplyBody answer{.text_bytes_max = kRefusalBytesMax};
  const Result<HttpReply> reply =
      co_await http_.Send(call.Within(clock_.Monotonic(), limits_.answer_within), std::move(request), answer);
  if (!reply) co_return FailAt(reply.error(), kCollector);
  LF_CO_TRY_OK(Answered(*reply, clock_.WallTime()));
  if (const auto rejected = ReadOtlpAnswer(answer.text)) {
    log_.Write(LogLevel::kWarning, "the collector of traces did not take all",
               {{"spans", rejected->count}, {"why", rejected->why}});
  }
  co_return Status{};
}

Task<Status> OtlpTracer::SendBatch(Call call) {
  const auto count = std::min(waiting_.size(), limits_.batch_max);
  std::vector<plan::EpochTrace> batch;
  for (size_t i = 0; i < count; ++i) {
    batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  const std::vector<plan::EpochTrace> sending = batch;
  Status sent = co_await TaskWithinMemory(Post(call, sending));
  const bool again = !sent && sent.error().code != ErrorCode::kRefused;
  // Before those that came meanwhile, of which the newest count more.
  while (again && !batch.empty() && waiting_.size() < limits_.traces_max) {
    waiting_.push_front(std::move(batch.back()));
    batch.pop_back();
  }
  if (!sent) lost_ += std::ssize(batch);
  Note(sent, count);
  co_return sent;
}

void OtlpTracer::Note(const Status& sent, size_t batch) {
  if (sent) {
    sent_ += static_cast<int64_t>(batch);
    if (failures_ > 0) log_.Write(LogLevel::kInfo, "traces are sent again", {{"failed_attempts", int64_t{failures_}}});
    failures_ = 0;
    return;
  }
  if (sent.error().code == ErrorCode::kCancelled) return;
  ++failures_;
  if (!std::has_single_bit(static_cast<unsigned>(failures_))) return;
  log_.Write(LogLevel::kWarning, "traces cannot be sent",
             {{"error", ToString(sent.error())}, {"attempt", int64_t{failures_}}, {"lost", lost_}});
}

Task<void> OtlpTracer::Rest(Call call, Millis pause) {
  asked_ = std::stop_source();
  const std::stop_callback outer(call.stop, [source = asked_]() mutable { source.request_stop(); });
  co_await clock_.SleepFor(call.StoppedBy(asked_.get_token()), pause);
}

Task<void> OtlpTracer::Run(Call call) {
  while (!call.stopped()) {
    if (waiting_.empty()) {
      co_await Rest(call, kLongRest);
      continue;
    }
    const Status sent = co_await SendBatch(call);
    if (sent || call.stopped()) continue;
    const Millis delay = limits_.delay_first * (1 << std::clamp(failures_ - 1, 0, kDoublingsAtMost));
    // What comes meanwhile waits too.
    const Millis wanted = std::max(delay, sent.error().retry_after.value_or(Millis(0)));
    co_await clock_.SleepFor(call, std::min(wanted, limits_.delay_max));
  }
}

Task<void> OtlpTracer::Flush(Call call) {
  while (!waiting_.empty() && !call.stopped()) {
    const Status sent = co_await SendBatch(call);
    if (!sent) co_return;
  }
}

}  // namespace lakeferry::notify
