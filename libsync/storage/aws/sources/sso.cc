#include "storage/aws/sources/sso.h"

#include <fmt/format.h>

#include <utility>

#include "base/known_secrets.h"
#include "json/reader.h"
#include "storage/aws/sources/credential_document.h"
#include "storage/cloud/service_reply.h"

namespace lakeferry::aws {
namespace {

constexpr std::string_view kSso = "the single sign-on of AWS";
constexpr size_t kTokenBytesMax = size_t{1} << 20;

std::unexpected<Error> LoginNeeded(const SsoRole& role, std::string why) {
  return Fail(ErrorCode::kUnauthorized, std::move(why), role.token_file,
              fmt::format("run `{}` as the user that runs lakeferry", role.login));
}

// Versions of the tools differ in how they write UTC.
Result<TimeMs> EndOfLogin(std::string_view text) {
  if (text.ends_with("UTC")) return ParseTime(fmt::format("{}Z", text.substr(0, text.size() - 3)));
  return ParseTime(text);
}

Result<Secret> TokenIn(const Secret& document, const SsoRole& role, TimeMs now) {
  json::Reader reader(kTokenBytesMax);
  const auto fields = reader.Read(document.Reveal(), "the cached login", role.token_file);
  if (!fields) return LoginNeeded(role, "the cached login cannot be read");
  const auto token = fields->View("accessToken");
  const auto expires = fields->View("expiresAt");
  if (!token || token->empty() || !expires) return LoginNeeded(role, "the cached login is incomplete");
  const auto ends = EndOfLogin(*expires);
  if (!ends) return LoginNeeded(role, "the cached login does not say when it ends");
  if (now >= *ends) return LoginNeeded(role, fmt::format("the login ended at {}", FormatUtc(*ends)));
  return SecretFrom(*token);
}

Result<Credentials> CredentialsIn(const Secret& document, const std::string& where) {
  json::Reader reader(kTokenBytesMax);
  const auto fields = reader.Read(document.Reveal(), kSso, where);
  if (!fields) return std::unexpected(fields.error());
  const auto inside = fields->Object("roleCredentials");
  if (!inside) return std::unexpected(inside.error());
  return ReadCredentials(
      *inside, {.id = "accessKeyId", .secret = "secretAccessKey", .token = "sessionToken", .ends = "expiration"},
      false);
}

Result<Url> PlaceOf(const AwsSettings& settings, const SsoRole& role) {
  if (settings.endpoint_sso) return ParseUrl(*settings.endpoint_sso);
  return Url{.origin = OriginOfService("portal.sso", role.region)};
}

}  // namespace

Task<Result<Credentials>> SsoCredentials(Call call, SourceContext context, AwsSettings settings, SsoRole role) {
  LF_CO_TRY(const Url url, PlaceOf(settings, role));
  Result<Secret> document = co_await context.host.ReadFile(call, role.token_file);
  if (!document && document.error().code == ErrorCode::kNotFound) co_return LoginNeeded(role, "nobody has logged in");
  if (!document) co_return std::unexpected(std::move(document).error());
  LF_CO_TRY(const Secret token, TokenIn(*document, role, context.clock.WallTime()));
  const std::shared_ptr<const void> hidden = RememberWhile(token);
  const std::string path = url.target == "/" ? std::string() : url.target;
  HttpRequest request{.origin = url.origin,
                      .target = fmt::format("{}/federation/credentials?role_name={}&account_id={}", path,
                                            PercentEncode(role.role_name), PercentEncode(role.account_id)),
                      .headers = {{"x-amz-sso_bearer_token", std::string(token.Reveal())}}};
  ServiceQuestion question{.request = std::move(request), .service = std::string(kSso)};
  LF_CO_TRY(const ServiceReply reply, co_await Ask(std::move(call), context.http, std::move(question)));
  if (reply.status == 401) co_return LoginNeeded(role, "the login is not valid any more");
  if (!reply.ok()) {
    co_return RefusedBy(kSso, url.origin, reply.status, {},
                        fmt::format("see that the role {} of the account {} is assigned to whoever logged in",
                                    role.role_name, role.account_id));
  }
  auto credentials = CredentialsIn(reply.body, ToString(url.origin));
  if (!credentials) co_return NoReplyOf(kSso, url.origin, credentials.error().message);
  co_return CheckAlive(*std::move(credentials), context.clock.WallTime(), ToString(url.origin));
}

}  // namespace lakeferry::aws
