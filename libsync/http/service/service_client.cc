#include "http/service/service_client.h"

#include <fmt/format.h>

#include <utility>

#include "base/shown_text.h"
#include "http/attempts.h"
#include "http/http_date.h"
#include "http/retry.h"
#include "json/reader.h"

namespace lakeferry {
namespace {

constexpr size_t kReasonBytesMax = 512;
// A rate limit is counted by the second or the minute, and whoever waits for it holds nothing up.
constexpr RetryRules kRules{
    .attempts_max = 5, .delay_first = Millis(200), .delay_max = Millis(5'000), .retry_after_max = Millis(30'000)};

bool IsRefusal(int status) { return status == 401 || status == 403; }

std::string WithReason(std::string said, std::string_view text) {
  const std::string reason = ReasonIn(text);
  if (!reason.empty()) said += ": " + reason;
  return said;
}

bool IsWebPage(const HttpReply& reply, std::string_view text) {
  if (reply.headers.Find("Content-Type").value_or("").starts_with("text/html")) return true;
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '<';
}

}  // namespace

std::string ReasonIn(std::string_view text) {
  json::Reader reader(kRefusalBytesMax);
  const auto fields = reader.Read(text, "the refusal", "");
  if (!fields) return {};
  for (const std::string_view key : {"message", "detail", "error_description", "title", "error", "error_code"}) {
    const auto said = fields->View(key);
    if (said && !said->empty()) return OneLine(FitToShow(*said, kReasonBytesMax));
  }
  return {};
}

ServiceClient::ServiceClient(ServiceContext context, std::string name, Url base, std::shared_ptr<Authorizer> authorizer,
                             std::string subject)
    : context_(context),
      name_(std::move(name)),
      base_(std::move(base)),
      where_(ToString(base_.origin)),
      subject_(std::move(subject)),
      authorizer_(std::move(authorizer)) {}

std::unexpected<Error> ServiceClient::WrongAnswer(std::string_view why) const {
  return Fail(ErrorCode::kCorruptData, fmt::format("what {} answers is none of its answers: {}", name_, why), where_,
              "see what answers at this address: a proxy, a login page, another service");
}

std::unexpected<Error> ServiceClient::Refusal(const ServiceText& answer) const {
  return Fail(answer.status == 404 ? ErrorCode::kNotFound : ErrorCode::kInvalidArgument,
              WithReason(fmt::format("{} refuses with status {}", name_, answer.status), answer.text), where_,
              fmt::format("check the url, the name of the {}, and what the login may see", subject_));
}

Task<Result<ServiceClient::Reply>> ServiceClient::Once(Call call, const Question& question,
                                                       Authorizer::Refused& refused) {
  const std::string prefix = base_.target == "/" ? std::string() : base_.target;
  HttpRequest request{.method = question.method,
                      .origin = base_.origin,
                      .target = prefix + question.target,
                      .headers = {{"Accept", "application/json"}},
                      .body = question.document};
  if (!question.document.empty()) request.headers.Add("Content-Type", "application/json");
  if (authorizer_ != nullptr) {
    LF_CO_TRY(refused, co_await authorizer_->Authorize(call, request));
  }
  ReplyBody body{.text_bytes_max = kServiceBytesMax};
  auto reply = co_await context_.http.Send(call, std::move(request), body);
  LF_CO_TRY_OK(reply);
  if (const auto date = reply->headers.Find("Date")) {
    if (const auto time = ParseHttpDate(*date)) date_ = *time;
  }
  co_return Reply{.http = *std::move(reply), .text = std::move(body.text)};
}

std::unexpected<Error> ServiceClient::GiveUp(const Result<Reply>& reply) const {
  if (!reply) {
    Error error = reply.error();
    if (error.code == ErrorCode::kOutcomeUnknown)
      error.code = ErrorCode::kUnavailable;  // whoever asks again does no harm
    error.message = fmt::format("{} gives no answer: {}", name_, error.message);
    return FailAt(std::move(error), where_);
  }
  const int status = reply->http.status;
  const bool busy = RetryClassOf(status) == RetryClass::kNotDone;
  Error error{.code = busy ? ErrorCode::kThrottled : ErrorCode::kUnavailable,
              .message = WithReason(fmt::format("{} answers with status {}", name_, status), reply->text),
              .where = where_,
              .remedy = busy ? "it is asked again later; a longer poll_interval asks less often" : "it is asked again",
              .retry_after = RetryAfter(reply->http.headers, context_.clock.WallTime())};
  return std::unexpected(std::move(error));
}

Result<ServiceText> ServiceClient::Judge(Reply reply) const {
  const int status = reply.http.status;
  if (IsRefusal(status)) {
    const std::string kept = authorizer_ == nullptr ? "the configuration" : authorizer_->Origin();
    return Fail(ErrorCode::kUnauthorized,
                WithReason(fmt::format("{} refuses who asks (status {})", name_, status), reply.text), where_,
                fmt::format("see that what {} holds is whole, has not ended, and may see the {}", kept, subject_));
  }
  if (status >= 300 && status < 400) return WrongAnswer(fmt::format("a redirect (status {})", status));
  if (reply.http.ok() && IsWebPage(reply.http, reply.text)) return WrongAnswer("a web page");
  return ServiceText{.status = status, .text = std::move(reply.text)};
}

Task<Result<ServiceText>> ServiceClient::Get(Call call, std::string target) {
  return Ask(std::move(call), {.target = std::move(target)});
}

Task<Result<ServiceText>> ServiceClient::Post(Call call, std::string target, std::string document) {
  return Ask(std::move(call), {.method = Method::kPost, .target = std::move(target), .document = std::move(document)});
}

Task<Result<ServiceText>> ServiceClient::Ask(Call call, Question question) {
  Attempts attempts(kRules, context_.clock, context_.random);
  bool renewed = false;
  for (;;) {
    LF_CO_TRY_OK(CheckWanted(call, context_.clock.Monotonic()));
    Authorizer::Refused refused;
    Result<Reply> reply = co_await Once(call, question, refused);
    const bool transient =
        reply ? RetryClassOf(reply->http.status) != RetryClass::kFinal : IsTransient(reply.error().code);
    if (reply && IsRefusal(reply->http.status) && refused && !renewed) {
      renewed = true;
      refused();
      continue;
    }
    if (!transient) {
      if (!reply) co_return GiveUp(reply);
      co_return Judge(*std::move(reply));
    }
    const auto asked = reply ? RetryAfter(reply->http.headers, context_.clock.WallTime()) : std::nullopt;
    const bool again = co_await attempts.Again(call, asked);
    if (call.stopped()) co_return Fail(ErrorCode::kCancelled, "asked to stop", where_);
    if (!again) co_return GiveUp(reply);
  }
}

}  // namespace lakeferry
