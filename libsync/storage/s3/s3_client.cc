#include "storage/s3/s3_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "http/attempts.h"
#include "storage/s3/s3_fault.h"

namespace lakeferry::s3 {
namespace {

constexpr std::string_view kUnsigned = "UNSIGNED-PAYLOAD";

std::string AwsHost(const std::string& region) {
  return fmt::format("s3.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : "");
}

std::string QueryText(const std::vector<std::pair<std::string, std::string>>& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    text += text.empty() ? '?' : '&';
    text += fmt::format("{}={}", PercentEncode(name), PercentEncode(value));
  }
  return text;
}

bool SaysBusy(const std::string& code) {
  return code == "SlowDown" || code == "RequestTimeout" || code == "ConditionalRequestConflict" ||
         code == "OperationAborted" || code == "ServiceUnavailable" || code == "RequestLimitExceeded";
}

// A page of a proxy or a gateway says 200 as well. What S3 says of an object always has its ETag, but for answers that
// are documents.
bool IsSomebodyElses(const S3Request& request, const HttpReply& reply) {
  if (!reply.ok() || reply.headers.Find("ETag") || request.method == Method::kDelete) return false;
  const bool of_object = !request.key.empty() && request.query.empty() && request.method != Method::kPost &&
                         !request.headers.Find("x-amz-copy-source");
  return of_object || reply.headers.Find("Content-Type").value_or("").starts_with("text/html");
}

bool SaysOver(const std::string& code) { return code == "ExpiredToken" || code == "TokenRefreshRequired"; }

}  // namespace

Origin OriginOf(const BucketAddress& address) {
  Origin origin = address.endpoint.value_or(Origin{.tls = true, .host = AwsHost(address.region), .port = 443});
  if (!address.path_style) origin.host = fmt::format("{}.{}", address.bucket, origin.host);
  return origin;
}

std::string ServiceOf(const BucketAddress& address) {
  return fmt::format("s3 {}", address.endpoint ? ToString(*address.endpoint) : "aws");
}

// How a request goes through its attempts.
struct S3Client::Course {
  Attempts attempts;
  bool refused = false;  // an attempt was turned away, and may have been done all the same
  bool moved = false;    // the region was found to be another
  bool renewed = false;  // with other credentials
  Distrust distrust = {};
  bool at_once = false;             // the next attempt needs no pause: something was put right
  std::optional<Millis> wait = {};  // asked for by the other side
};

HttpRequest S3Client::Build(const S3Request& request) const {
  std::string path = address_.path_style ? "/" + PercentEncode(address_.bucket) : std::string();
  if (!request.key.empty() || path.empty()) path += "/" + PercentEncode(request.key, true);
  HttpRequest http{.method = request.method,
                   .origin = OriginOf(address_),
                   .target = path + QueryText(request.query),
                   .headers = request.headers,
                   .body = request.body};
  if (request.range) http.headers.Set("Range", fmt::format("bytes={}-{}", request.range->first, request.range->last));
  return http;
}

Task<Result<S3Reply>> S3Client::Once(Call call, const S3Request& request, ReplyBody& body, Course& course) {
  HttpRequest http = Build(request);
  LF_CO_TRY(course.distrust, co_await parts_.signer->Sign(call, http, address_.region, std::string(kUnsigned)));
  auto reply = co_await parts_.http.Send(call, std::move(http), body);
  LF_CO_TRY_OK(reply);
  S3Reply answer{.http = *std::move(reply)};
  if (IsSomebodyElses(request, answer.http)) answer.http.status = 502;
  // Some operations say 200 first and then that they failed.
  const bool may_fail_late = answer.ok() && !body.text.empty() && request.method != Method::kGet;
  if (!answer.ok() || may_fail_late) answer.fault = ReadFault(body.text);
  if (answer.ok() && !answer.fault.code.empty()) answer.http.status = answer.fault.code == "InternalError" ? 500 : 503;
  co_return answer;
}

bool S3Client::FindRegion(const S3Reply& reply) {
  const bool elsewhere =
      reply.http.status == 301 || reply.http.status == 307 ||
      (reply.http.status == 400 && (reply.fault.code == "AuthorizationHeaderMalformed" || reply.fault.code.empty()));
  const auto told = reply.http.headers.Find("x-amz-bucket-region");
  const std::string region = told ? std::string(*told) : reply.fault.region;
  const bool name = !region.empty() && std::ranges::all_of(region, [](char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
  });
  if (!elsewhere || !name || region == address_.region) return false;
  address_.region = region;
  return true;
}

S3Client::Next S3Client::JudgeReply(const S3Request& request, const S3Reply& reply, Course& course) {
  if (!course.moved && FindRegion(reply)) {
    course.moved = course.at_once = true;
    return Next::kAgain;
  }
  if (!course.renewed && SaysOver(reply.fault.code)) {
    course.renewed = course.at_once = true;
    course.distrust();
    return Next::kAgain;
  }
  const RetryClass retry = SaysBusy(reply.fault.code) ? RetryClass::kNotDone : RetryClassOf(reply.http.status);
  if (retry == RetryClass::kFinal) {
    // Was it an attempt of ours that made it exist?
    return request.conditional && course.refused && reply.http.status == 412 ? Next::kUnknown : Next::kAnswer;
  }
  course.wait = RetryAfter(reply.http.headers, parts_.clock.WallTime());
  if (retry == RetryClass::kMaybeDone && request.conditional) return Next::kUnknown;
  course.refused = true;
  return Next::kAgain;
}

S3Client::Next S3Client::Judge(const S3Request& request, const Result<S3Reply>& reply, Course& course) {
  course.wait.reset();
  course.at_once = false;
  if (reply) return JudgeReply(request, *reply, course);
  switch (reply.error().code) {
    case ErrorCode::kUnavailable: return Next::kAgain;
    case ErrorCode::kOutcomeUnknown: return request.conditional ? Next::kUnknown : Next::kAgain;
    default: return Next::kAnswer;
  }
}

std::unexpected<Error> S3Client::GivenUp(const S3Request& request, const Result<S3Reply>& reply, const Course& course) {
  Error error = reply ? ErrorOf(*reply, request.key) : reply.error();
  // It could have been done again without harm: that it was done is no question.
  if (error.code == ErrorCode::kOutcomeUnknown) error.code = ErrorCode::kUnavailable;
  error.retry_after = course.wait;
  return std::unexpected(std::move(error));
}

Task<Result<S3Reply>> S3Client::Send(Call call, S3Request request, ReplyBody& body) {
  const std::span<char> room = body.room;
  size_t received = 0;
  Course course{.attempts = Attempts(rules_, parts_.clock, parts_.random)};
  while (true) {
    body.room = room.subspan(received);
    auto reply = co_await Once(call, request, body, course);
    const size_t more = std::exchange(body.received, received += body.received);
    const Next next = Judge(request, reply, course);
    if (next == Next::kAnswer) {
      body.room = room;
      co_return reply;
    }
    if (next == Next::kUnknown) {
      co_return Fail(ErrorCode::kOutcomeUnknown, "the answer to a write was lost", request.key);
    }
    if (request.range) request.range->first += static_cast<int64_t>(more);
    if (more > 0) course.attempts.Progressed();
    bool again = course.at_once;
    if (!again) again = co_await course.attempts.Again(call, course.wait);
    if (call.stopped()) co_return Fail(ErrorCode::kCancelled, "asked to stop", request.key);
    if (!again) co_return GivenUp(request, reply, course);
  }
}

}  // namespace lakeferry::s3
