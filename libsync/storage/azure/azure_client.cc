#include "storage/azure/azure_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "http/attempts.h"
#include "storage/azure/azure_fault.h"
#include "storage/azure/credentials/shared_key.h"

namespace lakeferry::azure {
namespace {

constexpr size_t kRequestIdBytesMax = 128;

std::string QueryText(const std::vector<std::pair<std::string, std::string>>& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    text += text.empty() ? '?' : '&';
    text += fmt::format("{}={}", PercentEncode(name), PercentEncode(value));
  }
  return text;
}

// The service writes it into its logs: visible ASCII alone.
std::string RequestId(std::string_view operation) {
  std::string id(operation.substr(0, kRequestIdBytesMax));
  std::ranges::replace_if(id, [](char byte) { return byte <= ' ' || byte > '~'; }, '-');
  return id;
}

// The credentials may be over, and others not.
bool SaysOver(const AzureReply& reply) { return reply.http.status == 401; }

}  // namespace

std::string ServiceOf(const ContainerAddress& address) {
  return fmt::format("azure {}{}", ToString(address.endpoint), address.base);
}

// How a request goes through its attempts.
struct AzureClient::Course {
  Attempts attempts;
  bool refused = false;  // an attempt was turned away, and may have been done all the same
  Distrust distrust = {};
  bool renewed = false;             // with other credentials
  bool at_once = false;             // the next attempt is another one than the last
  std::optional<Millis> wait = {};  // asked for by the other side
};

HttpRequest AzureClient::Build(const Call& call, const AzureRequest& request) const {
  std::string path = fmt::format("{}/{}", address_.base, PercentEncode(address_.container));
  if (!request.blob.empty()) path += "/" + PercentEncode(request.blob, true);
  HttpRequest http{.method = request.method,
                   .origin = address_.endpoint,
                   .target = path + QueryText(request.query),
                   .headers = request.headers,
                   .body = request.body};
  if (request.range) {
    http.headers.Set("x-ms-range", fmt::format("bytes={}-{}", request.range->first, request.range->last));
  }
  http.headers.Add("x-ms-version", std::string(kServiceVersion));
  http.headers.Add("x-ms-date", HttpDate(parts_.clock.WallTime()));
  if (!call.name().empty()) http.headers.Add("x-ms-client-request-id", RequestId(call.name()));
  return http;
}

Task<Result<AzureReply>> AzureClient::Once(Call call, const AzureRequest& request, ReplyBody& body, Course& course) {
  HttpRequest http = Build(call, request);
  if (!request.copy_from.empty()) {
    std::string url =
        fmt::format("{}{}{}", ToString(address_.endpoint), address_.base, PercentEncode(request.copy_from, true));
    const Status named = co_await parts_.signer->SignSource(call, http, std::move(url), request.copy_from);
    LF_CO_TRY_OK(named);
  }
  auto distrust = co_await parts_.signer->Sign(call, http);
  LF_CO_TRY_OK(distrust);
  course.distrust = *std::move(distrust);
  auto reply = co_await parts_.http.Send(call, std::move(http), body);
  LF_CO_TRY_OK(reply);
  AzureReply answer{.http = *std::move(reply)};
  if (answer.ok()) co_return answer;
  answer.fault = ReadFault(body.text);
  if (const auto code = answer.http.headers.Find("x-ms-error-code")) answer.fault.code = *code;
  co_return answer;
}

AzureClient::Next AzureClient::JudgeReply(const AzureRequest& request, const AzureReply& reply, Course& course) {
  if (!course.renewed && SaysOver(reply)) {
    course.renewed = course.at_once = true;
    course.distrust();
    return Next::kAgain;
  }
  const RetryClass retry = RetryClassOf(reply.http.status);
  if (retry == RetryClass::kFinal) {
    // Was it an attempt of ours that made it exist?
    return request.conditional && course.refused && SaysExists(reply) ? Next::kUnknown : Next::kAnswer;
  }
  course.wait = RetryAfter(reply.http.headers, parts_.clock.WallTime());
  if (retry == RetryClass::kMaybeDone && request.conditional) return Next::kUnknown;
  course.refused = true;
  return Next::kAgain;
}

AzureClient::Next AzureClient::Judge(const AzureRequest& request, const Result<AzureReply>& reply, Course& course) {
  course.wait.reset();
  course.at_once = false;
  if (reply) return JudgeReply(request, *reply, course);
  switch (reply.error().code) {
    case ErrorCode::kUnavailable: return Next::kAgain;
    case ErrorCode::kOutcomeUnknown: return request.conditional ? Next::kUnknown : Next::kAgain;
    default: return Next::kAnswer;
  }
}

std::unexpected<Error> AzureClient::GivenUp(const AzureRequest& request, const Result<AzureReply>& reply,
                                            const Course& course) {
  Error error = reply ? ErrorOf(*reply, request.blob) : reply.error();
  // It could have been done again without harm: that it was done is no question.
  if (error.code == ErrorCode::kOutcomeUnknown) error.code = ErrorCode::kUnavailable;
  error.retry_after = course.wait;
  return std::unexpected(std::move(error));
}

Task<Result<AzureReply>> AzureClient::Send(Call call, AzureRequest request, ReplyBody& body) {
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
      co_return Fail(ErrorCode::kOutcomeUnknown, "the answer to a write was lost", request.blob);
    }
    if (request.range) request.range->first += static_cast<int64_t>(more);
    if (more > 0) course.attempts.Progressed();
    bool again = course.at_once;
    if (!again) again = co_await course.attempts.Again(call, course.wait);
    if (call.stopped()) co_return Fail(ErrorCode::kCancelled, "asked to stop", request.blob);
    if (!again) co_return GivenUp(request, reply, course);
  }
}

}  // namespace lakeferry::azure
