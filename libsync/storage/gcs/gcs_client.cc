#include "storage/gcs/gcs_client.h"

#include <fmt/format.h>

#include <utility>

#include "storage/gcs/gcs_fault.h"

namespace lakeferry::gcs {
namespace {

constexpr std::string_view kHost = "storage.googleapis.com";

// A page of a proxy or a gateway says 200 as well. What is said of an object is JSON, and its bytes come with what the
// store knows of them.
bool IsSomebodyElses(const HttpReply& reply) {
  return reply.ok() && reply.headers.Find("Content-Type").value_or("").starts_with("text/html") &&
         !reply.headers.Find("x-goog-generation") && !reply.headers.Find("x-goog-hash");
}

}  // namespace

Origin OriginOf(const BucketAddress& address) {
  return address.endpoint.value_or(Origin{.tls = true, .host = std::string(kHost), .port = 443});
}

bool IsGoogle(const BucketAddress& address) { return OriginOf(address).host.ends_with(".googleapis.com"); }

std::string ServiceOf(const BucketAddress& address) {
  return fmt::format("gcs {}", IsGoogle(address) ? "google" : ToString(OriginOf(address)));
}

std::string ObjectsPath(const std::string& bucket) { return fmt::format("/storage/v1/b/{}/o", PercentEncode(bucket)); }

std::string PathOfObject(const std::string& bucket, const std::string& key) {
  return fmt::format("{}/{}", ObjectsPath(bucket), PercentEncode(key));
}

std::string UploadsPath(const std::string& bucket) {
  return fmt::format("/upload/storage/v1/b/{}/o", PercentEncode(bucket));
}

// What can be put right once in the course of a request.
struct GcsClient::Course {
  RequestCourse attempts;
  bool renewed = false;  // with another token
  Distrust distrust = {};
};

HttpRequest GcsClient::Build(const GcsRequest& request) const {
  HttpRequest http{.method = request.method,
                   .origin = OriginOf(address_),
                   .target = request.path + QueryText(request.query),
                   .headers = request.headers,
                   .body = request.body};
  if (request.range) http.headers.Set("Range", fmt::format("bytes={}-{}", request.range->first, request.range->last));
  return http;
}

Task<Result<GcsReply>> GcsClient::Once(Call call, const GcsRequest& request, ReplyBody& body, Course& course) {
  HttpRequest http = Build(request);
  LF_CO_TRY(course.distrust, co_await parts_.signer->Sign(call, http));
  auto reply = co_await parts_.http.Send(call, std::move(http), body);
  LF_CO_TRY_OK(reply);
  GcsReply answer{.http = *std::move(reply)};
  if (IsSomebodyElses(answer.http)) answer.http.status = 502;
  if (!answer.ok()) answer.fault = ReadFault(body.text);
  co_return answer;
}

RequestCourse::Next GcsClient::Judge(const GcsRequest& request, const Result<GcsReply>& reply, Course& course) {
  if (reply && !course.renewed && reply->http.status == 401) {
    course.renewed = true;
    course.distrust();
    return RequestCourse::Next::kAtOnce;
  }
  if (request.once) return RequestCourse::Next::kAnswer;
  if (!reply) return course.attempts.OfError(reply.error());
  return course.attempts.OfReply(IsBusy(*reply) ? RetryClass::kNotDone : RetryClassOf(reply->http.status), reply->http);
}

Task<Result<GcsReply>> GcsClient::Send(Call call, GcsRequest request, ReplyBody& body) {
  Course course{.attempts = RequestCourse(NewAttempts(), request.conditional, parts_.clock)};
  co_return co_await SendUntilAnswered<GcsReply>(
      call, course.attempts, body, request.range,
      {.once = [&] { return Once(call, request, body, course); },
       .judge = [&](const Result<GcsReply>& came) { return Judge(request, came, course); },
       .error_of = [](const GcsReply& refused) { return ErrorOf(refused, {}); }});
}

}  // namespace lakeferry::gcs
