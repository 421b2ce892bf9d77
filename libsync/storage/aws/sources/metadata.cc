#include "storage/aws/sources/metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/known_secrets.h"
#include "storage/aws/sources/credential_document.h"
#include "storage/cloud/service_reply.h"

namespace lakeferry::aws {
namespace {

constexpr std::string_view kInstance = "the instance's metadata service";
constexpr std::string_view kContainer = "the container's credential service";
constexpr std::string_view kRoles = "/latest/meta-data/iam/security-credentials/";
// It is on this machine, or it is not there.
constexpr Millis kInstanceWaits{1'000};
constexpr Millis kContainerWaits{2'000};

bool IsHeaderValue(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string_view WithoutLineEnd(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

Task<Result<ServiceReply>> AskInstance(Call call, SourceContext context, HttpRequest request) {
  const Millis now = context.clock.Monotonic();
  ServiceQuestion question{.request = std::move(request), .service = std::string(kInstance)};
  Result<ServiceReply> reply = co_await Ask(call.Within(now, kInstanceWaits), context.metadata, std::move(question));
  co_return reply;
}

Task<Result<Secret>> InstanceToken(Call call, SourceContext context, Origin origin) {
  HttpRequest request{.method = Method::kPut,
                      .origin = origin,
                      .target = "/latest/api/token",
                      .headers = {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}}};
  Result<ServiceReply> reply = co_await AskInstance(std::move(call), context, std::move(request));
  if (!reply) {
    Error error = std::move(reply).error();
    // Elsewhere than on an instance nothing will ever answer.
    if (error.code == ErrorCode::kUnavailable) error.code = ErrorCode::kUnauthorized;
    error.remedy = "within a container the service may be a hop too far (HttpPutResponseHopLimit)";
    co_return std::unexpected(std::move(error));
  }
  if (!reply->ok()) {
    co_return RefusedBy(kInstance, origin, reply->status, {}, "switch its version 2 on (HttpTokens, HttpEndpoint)");
  }
  const std::string_view token = WithoutLineEnd(reply->body.Reveal());
  if (!IsHeaderValue(token)) co_return NoReplyOf(kInstance, origin, "the token is none");
  co_return SecretFrom(token);
}

HttpRequest WithToken(const Origin& origin, std::string target, const Secret& token) {
  return {.origin = origin,
          .target = std::move(target),
          .headers = {{"x-aws-ec2-metadata-token", std::string(token.Reveal())}}};
}

bool IsRoleName(std::string_view name) {
  return !name.empty() && name.size() <= 128 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("+=,.@_-").contains(c);
  });
}

Task<Result<Secret>> ContainerToken(Call call, SourceContext context, ContainerEndpoint endpoint) {
  if (endpoint.token_file.empty()) co_return endpoint.token;
  Result<Secret> token = co_await context.host.ReadFile(std::move(call), endpoint.token_file);
  if (!token && token.error().code == ErrorCode::kNotFound) {
    Error error = std::move(token).error();
    error.code = ErrorCode::kUnauthorized;
    error.remedy = "see AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    co_return std::unexpected(std::move(error));
  }
  co_return token;
}

}  // namespace

Task<Result<Credentials>> InstanceCredentials(Call call, SourceContext context, Origin origin) {
  LF_CO_TRY(const Secret token, co_await InstanceToken(call, context, origin));
  const std::shared_ptr<const void> hidden = RememberWhile(token);
  LF_CO_TRY(const ServiceReply roles,
            co_await AskInstance(call, context, WithToken(origin, std::string(kRoles), token)));
  if (!roles.ok()) {
    co_return RefusedBy(kInstance, origin, roles.status, roles.status == 404 ? "no role is attached" : "",
                        "attach a role to the instance (an instance profile)");
  }
  const std::string_view all = roles.body.Reveal();
  const std::string role(WithoutLineEnd(all.substr(0, all.find('\n'))));
  if (!IsRoleName(role)) co_return NoReplyOf(kInstance, origin, "there is no name of a role");
  LF_CO_TRY(const ServiceReply reply,
            co_await AskInstance(call, context, WithToken(origin, std::string(kRoles) + role, token)));
  if (!reply.ok()) {
    co_return RefusedBy(kInstance, origin, reply.status, {}, fmt::format("see the role {} of the instance", role));
  }
  auto credentials = ReadCredentials(reply.body, {}, false, kInstance, ToString(origin));
  if (!credentials) co_return credentials;
  co_return CheckAlive(*std::move(credentials), context.clock.WallTime(), ToString(origin));
}

Task<Result<Credentials>> ContainerCredentials(Call call, SourceContext context, ContainerEndpoint endpoint) {
  LF_CO_TRY(const Secret token, co_await ContainerToken(call, context, endpoint));
  const std::shared_ptr<const void> hidden = RememberWhile(token);
  const Origin origin = endpoint.url.origin;
  HttpRequest request{.origin = origin, .target = endpoint.url.target, .headers = {{"Accept", "application/json"}}};
  const std::string_view value = WithoutLineEnd(token.Reveal());
  if (!token.empty() && !IsHeaderValue(value)) {
    co_return Fail(ErrorCode::kInvalidArgument, "the token for the container's credentials is no text of one line",
                   "AWS_CONTAINER_AUTHORIZATION_TOKEN", "leave it as the platform has set it");
  }
  if (!value.empty()) request.headers.Add("Authorization", std::string(value));
  ServiceQuestion question{.request = std::move(request), .service = std::string(kContainer)};
  const Call soon = call.Within(context.clock.Monotonic(), kContainerWaits);
  LF_CO_TRY(const ServiceReply reply, co_await Ask(soon, context.metadata, std::move(question)));
  if (!reply.ok()) {
    co_return RefusedBy(kContainer, origin, reply.status, {}, "see the role of the task, or of the pod");
  }
  auto credentials = ReadCredentials(reply.body, {}, false, kContainer, ToString(origin));
  if (!credentials) co_return credentials;
  co_return CheckAlive(*std::move(credentials), context.clock.WallTime(), ToString(origin));
}

}  // namespace lakeferry::aws
