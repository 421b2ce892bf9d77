#include "storage/s3/s3_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "storage/s3/s3_fault.h"

namespace lakeferry::s3 {
namespace {

constexpr std::string_view kUnsigned = "UNSIGNED-PAYLOAD";

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

// A key that nobody knows may have been rotated since it was read.
bool SaysOver(const std::string& code) {
  return code == "ExpiredToken" || code == "TokenRefreshRequired" || code == "InvalidToken" ||
         code == "InvalidAccessKeyId";
}

// Whether an object begins with it: by a put, a copy, or an upload in parts.
bool MakesObject(const S3Request& request) {
  if (request.key.empty()) return false;
  if (request.method == Method::kPost) return !request.query.empty() && request.query.front().first == "uploads";
  return request.method == Method::kPut && request.query.empty();
}

// What may be replaced later, as hints may, is not kept from it.
bool MayStay(const S3Request& request) { return request.conditional || request.method == Method::kPost; }

}  // namespace

// What can be put right once in the course of a request.
struct S3Client::Course {
  RequestCourse attempts;
  bool moved = false;    // the region was found to be another
  bool renewed = false;  // with other credentials
  Distrust distrust = {};
};

HttpRequest S3Client::Build(const S3Request& request) const {
  std::string path = PathOf(address_);
  if (!request.key.empty() || path.empty()) path += "/" + PercentEncode(request.key, true);
  HttpRequest http{.method = request.method,
                   .origin = OriginOf(address_),
                   .target = path + QueryText(request.query),
                   .headers = request.headers,
                   .body = request.body};
  if (request.range) http.headers.Set("Range", fmt::format("bytes={}-{}", request.range->first, request.range->last));
  if (address_.terms.requester_pays) http.headers.Set("x-amz-request-payer", "requester");
  if (!MakesObject(request)) return http;
  for (const auto& [name, value] : HeadersOfNew(address_.terms, parts_.clock.WallTime(), MayStay(request))) {
    http.headers.Add(name, value);
  }
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

RequestCourse::Next S3Client::Judge(const Result<S3Reply>& reply, Course& course) {
  if (!reply) return course.attempts.OfError(reply.error());
  if (!course.moved && FindRegion(*reply)) {
    course.moved = true;
    return RequestCourse::Next::kAtOnce;
  }
  if (!course.renewed && SaysOver(reply->fault.code)) {
    course.renewed = true;
    course.distrust();
    return RequestCourse::Next::kAtOnce;
  }
  const bool busy = SaysBusy(reply->fault.code);
  return course.attempts.OfReply(busy ? RetryClass::kNotDone : RetryClassOf(reply->http.status), reply->http);
}

Task<Result<S3Reply>> S3Client::Send(Call call, S3Request request, ReplyBody& body) {
  Course course{.attempts =
                    RequestCourse(Attempts(rules_, parts_.clock, parts_.random), request.conditional, parts_.clock)};
  auto reply = co_await SendUntilAnswered<S3Reply>(
      call, course.attempts, body, request.range,
      {.once = [&] { return Once(call, request, body, course); },
       .judge = [&](const Result<S3Reply>& came) { return Judge(came, course); },
       .error_of = [&](const S3Reply& refused) { return ErrorOf(refused, request.key); }});
  if (!reply) co_return FailAt(reply.error(), request.key);
  co_return reply;
}

}  // namespace lakeferry::s3
