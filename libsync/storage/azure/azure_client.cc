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

// The service writes it into its logs: visible ASCII alone.
std::string RequestId(std::string_view operation) {
  std::string id(operation.substr(0, kRequestIdBytesMax));
  std::ranges::replace_if(id, [](char byte) { return byte <= ' ' || byte > '~'; }, '-');
  return id;
}

// Others may be at hand: a token is over, or a key was replaced.
bool SaysOver(const AzureReply& reply) {
  return reply.http.status == 401 || reply.fault.code == "AuthenticationFailed";
}

// A page of a proxy or a gateway says 200 as well; each answer of the service has a name of its own.
bool IsSomebodyElses(const HttpReply& reply) {
  return reply.ok() && reply.headers.Find("Content-Type").value_or("").starts_with("text/html") &&
         !reply.headers.Find("x-ms-request-id");
}

}  // namespace

std::string ServiceOf(const ContainerAddress& address) {
  return fmt::format("azure {}{}", ToString(address.endpoint), address.base);
}

std::string CloudOf(const ContainerAddress& address) {
  const std::string named = address.account + ".";
  const bool by_host = address.endpoint.tls && address.endpoint.host.starts_with(named) && address.base.empty();
  return by_host ? fmt::format("azure {}", address.endpoint.host.substr(named.size())) : ServiceOf(address);
}

// What can be put right once in the course of a request.
struct AzureClient::Course {
  RequestCourse attempts;
  bool renewed = false;  // with other credentials
  Distrust distrust = {};
};

HttpRequest AzureClient::Build(const Call& call, const AzureRequest& request) const {
  std::string path = fmt::format("{}/{}", address_.base, PercentEncode(address_.container));
  if (!request.blob.empty()) path += "/" + PercentEncode(request.blob, true);
  if (!request.place.empty()) path = address_.base + PercentEncode(request.place, true);
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
    const AzureClient& there = request.copy_as == nullptr ? *this : *request.copy_as;
    std::string url = fmt::format("{}{}{}", ToString(there.address_.endpoint), there.address_.base,
                                  PercentEncode(request.copy_from, true));
    const Status named = co_await there.parts_.signer->SignSource(call, http, std::move(url), request.copy_from);
    LF_CO_TRY_OK(named);
  }
  LF_CO_TRY(course.distrust, co_await parts_.signer->Sign(call, http));
  auto reply = co_await parts_.http.Send(call, std::move(http), body);
  LF_CO_TRY_OK(reply);
  AzureReply answer{.http = *std::move(reply)};
  if (IsSomebodyElses(answer.http)) answer.http.status = 502;
  if (answer.ok()) co_return answer;
  answer.fault = ReadFault(body.text);
  if (const auto code = answer.http.headers.Find("x-ms-error-code")) answer.fault.code = *code;
  co_return answer;
}

RequestCourse::Next AzureClient::Judge(const Result<AzureReply>& reply, Course& course) {
  if (!reply) return course.attempts.OfError(reply.error());
  if (!course.renewed && SaysOver(*reply)) {
    course.renewed = true;
    course.distrust();
    return RequestCourse::Next::kAtOnce;
  }
  const RetryClass retry = RetryClassOf(reply->http.status);
  if (retry != RetryClass::kFinal) return course.attempts.OfReply(retry, reply->http);
  // The service says it by 409 too.
  return SaysExists(*reply) ? course.attempts.OfRefusedCondition() : RequestCourse::Next::kAnswer;
}

Task<Result<AzureReply>> AzureClient::Send(Call call, AzureRequest request, ReplyBody& body) {
  Course course{.attempts =
                    RequestCourse(Attempts(rules_, parts_.clock, parts_.random), request.conditional, parts_.clock)};
  co_return co_await SendUntilAnswered<AzureReply>(
      call, course.attempts, body, request.range,
      {.once = [&] { return Once(call, request, body, course); },
       .judge = [&](const Result<AzureReply>& came) { return Judge(came, course); },
       .error_of = [](const AzureReply& refused) { return ErrorOf(refused, {}); }});
}

}  // namespace lakeferry::azure
