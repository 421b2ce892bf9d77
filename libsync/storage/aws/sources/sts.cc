#include "storage/aws/sources/sts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.h"
#include "base/known_secrets.h"
#include "storage/aws/signature.h"
#include "storage/aws/sources/credential_document.h"
#include "storage/aws/sources/sts_document.h"
#include "storage/cloud/service_reply.h"

namespace lakeferry::aws {
namespace {

constexpr std::string_view kSts = "the security token service of AWS";

constexpr std::array<std::string_view, 15> kRegionsOfLegacy{
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
    "eu-central-1",   "eu-north-1", "eu-west-1",      "eu-west-2",      "eu-west-3",
    "sa-east-1",      "us-east-1",  "us-east-2",      "us-west-1",      "us-west-2"};

std::string RegionOfPartition(std::string_view role_arn) {
  if (role_arn.starts_with("arn:aws-cn:")) return "cn-north-1";
  if (role_arn.starts_with("arn:aws-us-gov:")) return "us-gov-west-1";
  return {};
}

std::string FormOf(std::string_view action, const Role& role) {
  std::string form = fmt::format("Action={}&Version=2011-06-15&RoleArn={}&RoleSessionName={}", action,
                                 PercentEncode(role.arn), PercentEncode(role.session_name));
  if (role.duration_s) form += fmt::format("&DurationSeconds={}", *role.duration_s);
  if (!role.external_id.empty()) form += "&ExternalId=" + PercentEncode(role.external_id);
  return form;
}

HttpRequest RequestTo(const Url& url) {
  return {.method = Method::kPost,
          .origin = url.origin,
          .target = url.target,
          .headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}}};
}

// A provider that could not be asked is a matter of time; so is the service itself.
bool IsPassing(std::string_view code) {
  return code == "IDPCommunicationError" || code == "Throttling" || code == "ThrottlingException" ||
         code == "RequestLimitExceeded" || code == "InternalFailure" || code == "ServiceUnavailable";
}

std::unexpected<Error> Refusal(const ServiceReply& reply, const Origin& origin, const Role& role) {
  const auto fault = ReadFault(reply.text);
  if (!fault) return RefusedBy(kSts, origin, reply.status, {}, "see what answers at this address");
  auto refused = RefusedBy(kSts, origin, reply.status, fmt::format("{}, {}", fault->code, fault->message),
                           fmt::format("see the trust policy of the role {}, and who asks for it", role.arn));
  if (IsPassing(fault->code) && !IsTransient(refused.error().code)) refused.error().code = ErrorCode::kUnavailable;
  return refused;
}

Task<Result<Credentials>> AskForRole(Call call, SourceContext context, HttpRequest request, Secret form, Role role) {
  const Origin origin = request.origin;
  ServiceQuestion question{.request = std::move(request), .body = std::move(form), .service = std::string(kSts)};
  LF_CO_TRY(const ServiceReply reply, co_await Ask(std::move(call), context.http, std::move(question)));
  if (!reply.ok()) co_return Refusal(reply, origin, role);
  auto credentials = ReadRoleReply(reply.body);
  if (!credentials) co_return NoReplyOf(kSts, origin, credentials.error());
  co_return CheckAlive(*std::move(credentials), context.clock.WallTime(), ToString(origin));
}

}  // namespace

Result<StsPlace> PlaceOfSts(const AwsSettings& settings, std::string_view role_arn) {
  const std::string region = settings.region.value_or(RegionOfPartition(role_arn));
  constexpr std::string_view kEverywhere = "us-east-1";
  if (settings.endpoint_sts) {
    LF_TRY(Url url, ParseUrl(*settings.endpoint_sts));
    return StsPlace{.url = std::move(url), .region = region.empty() ? std::string(kEverywhere) : region};
  }
  const bool legacy = settings.sts_global && std::ranges::find(kRegionsOfLegacy, region) != kRegionsOfLegacy.end();
  if (region.empty() || legacy) {
    return StsPlace{.url = {.origin = {.host = "sts.amazonaws.com"}}, .region = std::string(kEverywhere)};
  }
  return StsPlace{.url = {.origin = OriginOfService(settings.use_fips ? "sts-fips" : "sts", region)}, .region = region};
}

Task<Result<Credentials>> AssumeRole(Call call, SourceContext context, AwsSettings settings, Role role,
                                     Credentials by) {
  LF_CO_TRY(const StsPlace place, PlaceOfSts(settings, role.arn));
  Secret form(FormOf("AssumeRole", role));
  HttpRequest request = RequestTo(place.url);
  Signer(place.region, "sts").Sign(request, by, context.clock.WallTime(), Sha256Hex(form.Reveal()));
  Result<Credentials> credentials =
      co_await AskForRole(std::move(call), context, std::move(request), std::move(form), std::move(role));
  co_return credentials;
}

Task<Result<Credentials>> AssumeRoleWithWebIdentity(Call call, SourceContext context, AwsSettings settings,
                                                    WebIdentity identity) {
  LF_CO_TRY(const StsPlace place, PlaceOfSts(settings, identity.role.arn));
  Result<Secret> token = co_await context.host.ReadFile(call, identity.token_file);
  if (!token) {
    Error error = std::move(token).error();
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kUnauthorized;
    error.remedy = "mount the token there, readable for the user that runs lakeferry";
    co_return std::unexpected(std::move(error));
  }
  std::string_view text = token->Reveal();
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  // A refusal may repeat it.
  const Secret plain = SecretFrom(text);
  const std::shared_ptr<const void> hidden = RememberWhile(plain);
  Secret form(FormOf("AssumeRoleWithWebIdentity", identity.role) + "&WebIdentityToken=" + PercentEncode(text));
  Result<Credentials> credentials =
      co_await AskForRole(std::move(call), context, RequestTo(place.url), std::move(form), std::move(identity.role));
  if (!credentials) {
    Error error = std::move(credentials).error();
    error.message = WithoutSecrets(error.message);
    co_return std::unexpected(std::move(error));
  }
  co_return credentials;
}

}  // namespace lakeferry::aws
