#include "storage/cloud/service_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/shown_text.h"

namespace lakeferry {
namespace {

constexpr size_t kReplyBytesMax = size_t{64} << 10;
constexpr size_t kSaidBytesMax = 512;
constexpr int kTooManyRequests = 429;
constexpr int kServerError = 500;

}  // namespace

Task<Result<ServiceReply>> Ask(Call call, HttpTransport& http, ServiceQuestion question) {
  const std::string_view body = question.body.Reveal();
  question.request.body = {body.data(), body.size()};
  const std::string origin = ToString(question.request.origin);
  std::string room(kReplyBytesMax, '\0');
  ReplyBody reply_body{.room = {room.data(), room.size()}, .text_bytes_max = kReplyBytesMax};
  Result<HttpReply> reply = co_await http.Send(std::move(call), std::move(question.request), reply_body);
  room.resize(std::min(reply_body.received, room.size()));
  Secret received(std::move(room));
  if (!reply) {
    Error error = std::move(reply).error();
    if (error.code == ErrorCode::kOutcomeUnknown) error.code = ErrorCode::kUnavailable;
    if (error.code == ErrorCode::kCorruptData) error.code = ErrorCode::kUnauthorized;
    error.message = fmt::format("{} gave no answer: {}", question.service, error.message);
    co_return FailAt(std::move(error), origin);
  }
  if (!reply->ok()) received = {};
  co_return ServiceReply{.status = reply->status, .body = std::move(received), .text = std::move(reply_body.text)};
}

std::unexpected<Error> RefusedBy(std::string_view service, const Origin& origin, int status, std::string_view said,
                                 std::string remedy) {
  const bool throttled = status == kTooManyRequests;
  const bool fails = status >= kServerError;
  std::string message = fmt::format("{} answered with status {}", service, status);
  if (!said.empty()) message += ": " + OneLine(FitToShow(said, kSaidBytesMax));
  return Fail(throttled ? ErrorCode::kThrottled
              : fails   ? ErrorCode::kUnavailable
                        : ErrorCode::kUnauthorized,
              std::move(message), ToString(origin), throttled || fails ? "it is tried again" : std::move(remedy));
}

std::unexpected<Error> NoReplyOf(std::string_view service, const Origin& origin, std::string_view why) {
  return Fail(ErrorCode::kUnauthorized, fmt::format("what {} answered is none of its answers: {}", service, why),
              ToString(origin), "see what answers at this address: a proxy, a login page");
}

}  // namespace lakeferry
