#include "notify/webhook/webhook_sender.h"

#include <fmt/format.h>

#include <span>
#include <utility>

#include "http/retry.h"

namespace lakeferry::notify {
namespace {

constexpr Millis kAnswerWithin{15'000};

std::string NameOf(const WebhookTarget& target) {
  return fmt::format("notification '{}' ({})", target.name, WebhookKindName(target.kind));
}

Status Judge(const WebhookTarget& target, const HttpReply& reply, TimeMs now) {
  if (reply.ok()) return {};
  const std::string name = NameOf(target);
  if (RetryClassOf(reply.status) != RetryClass::kFinal) {
    return std::unexpected(Error{.code = ErrorCode::kThrottled,
                                 .message = fmt::format("the receiver answers with status {}", reply.status),
                                 .where = name,
                                 .remedy = "it is tried again",
                                 .retry_after = RetryAfter(reply.headers, now)});
  }
  if (reply.status >= 500) {
    return Fail(ErrorCode::kUnavailable, fmt::format("the receiver answers with status {}", reply.status), name,
                "it is tried again");
  }
  const bool redirect = reply.status >= 300 && reply.status < 400;
  return Fail(ErrorCode::kRefused,
              fmt::format("the receiver {} (status {})",
                          redirect ? "leads elsewhere, where nothing is sent" : "refuses", reply.status),
              name, "see that its url and secret are right, and try with 'lakeferry check --notify'");
}

// What the transport says may hold the host, which is no secret; never the path, which may be one.
std::unexpected<Error> Unreached(const WebhookTarget& target, const Error& error) {
  if (error.code == ErrorCode::kCancelled) return std::unexpected(error);
  return Fail(ErrorCode::kUnavailable, fmt::format("the receiver cannot be reached: {}", error.message), NameOf(target),
              error.remedy.empty() ? "look at the network, its name and its certificate" : error.remedy);
}

}  // namespace

Task<Status> PostWebhook(Call call, HttpTransport& http, const Clock& clock, WebhookTarget target, Incident incident,
                         std::string id) {
  const std::optional<std::string> body = WebhookBody(target.kind, incident, target.secret);
  if (!body) co_return Status{};  // nothing that it wants to hear
  HttpRequest request{
      .method = Method::kPost,
      .origin = target.url.origin,
      .target = target.url.target,
      .headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}, {"User-Agent", "lakeferry"}},
      .body = std::span<const char>(body->data(), body->size())};
  if (target.kind == WebhookKind::kGeneric) {
    request.headers.Add("X-Lakeferry-Delivery", std::move(id));
    if (!target.secret.empty()) {
      request.headers.Add("X-Lakeferry-Signature", WebhookSignature(target.secret, clock.WallTime(), *body));
    }
  }
  ReplyBody answer{.text_bytes_max = kRefusalBytesMax};
  const Result<HttpReply> reply =
      co_await http.Send(call.Within(clock.Monotonic(), kAnswerWithin), std::move(request), answer);
  if (!reply) co_return Unreached(target, reply.error());
  co_return Judge(target, *reply, clock.WallTime());
}

}  // namespace lakeferry::notify
