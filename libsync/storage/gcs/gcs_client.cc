#include "storage/gcs/gcs_client.h"

#include <fmt/format.h>

#include <utility>

#include "storage/gcs/gcs_fault.h"

namespace lakeferry::gcs {
namespace {

constexpr std::string_view kHost = "storage.googleapis.com";

std::string QueryText(const std::vector<std::pair<std::string, std::string>>& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    text += text.empty() ? '?' : '&';
    text += fmt::format("{}={}", PercentEncode(name), PercentEncode(value));
  }
  return text;
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

// How a request goes through its attempts.
struct GcsClient::Course {
  Attempts attempts;
  bool refused = false;             // an attempt was turned away, and may have been done all the same
  bool renewed = false;             // with another token
  std::optional<Millis> wait = {};  // asked for by the other side; zero: at once
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

Task<Result<GcsReply>> GcsClient::Once(Call call, const GcsRequest& request, ReplyBody& body) {
  HttpRequest http = Build(request);
  LF_CO_TRY_OK(co_await parts_.signer->Sign(call, http));
  auto reply = co_await parts_.http.Send(call, std::move(http), body);
  LF_CO_TRY_OK(reply);
  GcsReply answer{.http = *std::move(reply)};
  if (!answer.ok()) answer.fault = ReadFault(body.text);
  co_return answer;
}

GcsClient::Next GcsClient::JudgeReply(const GcsRequest& request, const GcsReply& reply, Course& course) {
  if (!course.renewed && reply.http.status == 401) {
    course.renewed = true;
    course.wait = Millis(0);
    parts_.signer->Distrust();
    return Next::kAgain;
  }
  if (request.once) return Next::kAnswer;
  const RetryClass retry = IsBusy(reply) ? RetryClass::kNotDone : RetryClassOf(reply.http.status);
  if (retry == RetryClass::kFinal) {
    // Was it an attempt of ours that made it exist?
    return request.conditional && course.refused && reply.http.status == 412 ? Next::kUnknown : Next::kAnswer;
  }
  course.wait = RetryAfter(reply.http.headers, parts_.clock.WallTime());
  if (retry == RetryClass::kMaybeDone && request.conditional) return Next::kUnknown;
  course.refused = true;
  return Next::kAgain;
}

GcsClient::Next GcsClient::Judge(const GcsRequest& request, const Result<GcsReply>& reply, Course& course) {
  course.wait.reset();
  if (reply) return JudgeReply(request, *reply, course);
  if (request.once) return Next::kAnswer;
  switch (reply.error().code) {
    case ErrorCode::kUnavailable: return Next::kAgain;
    case ErrorCode::kOutcomeUnknown: return request.conditional ? Next::kUnknown : Next::kAgain;
    default: return Next::kAnswer;
  }
}

std::unexpected<Error> GcsClient::GivenUp(const Result<GcsReply>& reply, const Course& course) {
  Error error = reply ? ErrorOf(*reply, {}) : reply.error();
  // It could have been done again without harm: that it was done is no question.
  if (error.code == ErrorCode::kOutcomeUnknown) error.code = ErrorCode::kUnavailable;
  error.retry_after = course.wait;
  return std::unexpected(std::move(error));
}

Task<Result<GcsReply>> GcsClient::Send(Call call, GcsRequest request, ReplyBody& body) {
  const std::span<char> room = body.room;
  size_t received = 0;
  Course course{.attempts = NewAttempts()};
  while (true) {
    body.room = room.subspan(received);
    auto reply = co_await Once(call, request, body);
    const size_t more = std::exchange(body.received, received += body.received);
    const Next next = Judge(request, reply, course);
    if (next == Next::kAnswer) {
      body.room = room;
      co_return reply;
    }
    if (next == Next::kUnknown) co_return Fail(ErrorCode::kOutcomeUnknown, "the answer to a write was lost");
    if (request.range) request.range->first += static_cast<int64_t>(more);
    if (more > 0) course.attempts.Progressed();
    bool again = course.wait == Millis(0);
    if (!again) again = co_await course.attempts.Again(call, course.wait);
    if (call.stopped()) co_return Fail(ErrorCode::kCancelled, "asked to stop");
    if (!again) co_return GivenUp(reply, course);
  }
}

}  // namespace lakeferry::gcs
