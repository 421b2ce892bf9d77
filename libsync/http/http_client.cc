#include "http/http_client.h"

#include <algorithm>
#include <utility>

#include "http/http_date.h"

namespace lakeferry {

HttpClient::HttpClient(HttpOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {}

HttpClient::~HttpClient() { Stop(); }

void HttpClient::Stop() {
  for (const auto& thread : threads_) thread->Stop();
}

Result<std::shared_ptr<const TlsContext>> HttpClient::Trust() {
  const std::lock_guard lock(trust_mutex_);
  if (trust_ == nullptr) {
    LF_TRY(trust_, TlsContext::Make(options_.ca_file));
  }
  return trust_;
}

// The first that is idle, so that one request after another finds the connection of the last; else the least busy.
IoThread& HttpClient::Pick() {
  if (threads_.empty()) {
    for (int i = 0; i < std::max(options_.threads, 1); ++i) {
      threads_.push_back(
          std::make_unique<IoThread>([this] { return Trust(); }, options_.proxies, options_.times, seen_));
    }
  }
  return **std::ranges::min_element(threads_, {}, [](const auto& thread) { return thread->running(); });
}

Task<Result<HttpReply>> HttpClient::Send(Call call, HttpRequest request, ReplyBody& body) {
  const Millis now = clock_.Monotonic();
  LF_CO_TRY_OK(CheckWanted(call, now));
  const SteadyTime whole =
      call.deadline ? std::chrono::steady_clock::now() + (*call.deadline - now) : SteadyTime::max();
  const Origin origin = request.origin;
  const TimeMs sent = clock_.WallTime();
  auto reply = co_await Pick().Run({.request = std::move(request), .body = body, .stop = call.stop, .whole = whole});
  if (!reply) co_return reply;
  const auto date = reply->headers.Find("Date");
  const auto told = date ? ParseHttpDate(*date) : std::nullopt;
  if (told) seen_.SawDate(origin, *told, sent, clock_.WallTime());
  co_return reply;
}

}  // namespace lakeferry
