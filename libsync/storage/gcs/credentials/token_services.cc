#include "storage/gcs/credentials/token_services.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/known_secrets.h"
#include "json/reader.h"
#include "json/writer.h"
#include "storage/cloud/service_reply.h"

namespace lakeferry::gcs {
namespace {

constexpr std::string_view kTokens = "the token service of Google";
constexpr std::string_view kMachine = "the machine's metadata service";
constexpr size_t kDocumentBytesMax = size_t{64} << 10;
constexpr Millis kMachineWaits{1'000};
constexpr std::chrono::seconds kLife(3600);

Secret SecretFrom(std::string_view text) {
  return Secret::Filled(text.size(), [text](std::span<char> room) {
    std::ranges::copy(text, room.begin());
    return text.size();
  });
}

// {"access_token", "expires_in"}.
Result<AccessToken> TokenIn(const Secret& document, std::string_view service, const Origin& origin, TimeMs now) {
  json::Reader reader(kDocumentBytesMax);
  const std::string where = ToString(origin);
  const auto fields = reader.Read(document.Reveal(), service, where);
  if (!fields) return NoReplyOf(service, origin, fields.error().message);
  const auto text = fields->View("access_token");
  if (!text) return NoReplyOf(service, origin, text.error().message);
  const auto seconds = fields->Count("expires_in");
  if (!seconds) return NoReplyOf(service, origin, seconds.error().message);
  constexpr int64_t kLongest = 86'400;
  auto token = MakeToken(*text, now + std::chrono::seconds(std::min(*seconds, kLongest)));
  if (!token) return NoReplyOf(service, origin, "the token is none");
  return *std::move(token);
}

// {"error": "invalid_grant", "error_description": "…"}, or {"error": {"message": "…"}}.
std::string ReasonIn(std::string_view text) {
  json::Reader reader(kDocumentBytesMax);
  const auto fields = reader.Read(text, "the refusal", "");
  if (!fields) return {};
  if (const auto inside = fields->Object("error")) return inside->String("message").value_or(std::string());
  const auto error = fields->String("error");
  const auto description = fields->String("error_description");
  if (!error) return {};
  return description ? fmt::format("{}, {}", *error, *description) : *error;
}

// A text may repeat what was sent.
std::unexpected<Error> Refusal(const ServiceReply& reply, std::string_view service, const Origin& origin,
                               std::string remedy) {
  return RefusedBy(service, origin, reply.status, WithoutSecrets(ReasonIn(reply.text)), std::move(remedy));
}

HttpRequest PostTo(const Url& url, std::string content_type) {
  return {.method = Method::kPost,
          .origin = url.origin,
          .target = url.target,
          .headers = {{"Content-Type", std::move(content_type)}}};
}

Task<Result<AccessToken>> AskForToken(Call call, TokenContext context, std::string address, std::string form,
                                      std::string remedy) {
  LF_CO_TRY(const Url url, ParseUrl(address));
  ServiceQuestion question{.request = PostTo(url, "application/x-www-form-urlencoded"),
                           .body = Secret(std::move(form)),
                           .service = std::string(kTokens)};
  LF_CO_TRY(const ServiceReply reply, co_await Ask(std::move(call), context.http, std::move(question)));
  if (!reply.ok()) co_return Refusal(reply, kTokens, url.origin, std::move(remedy));
  co_return TokenIn(reply.body, kTokens, url.origin, context.clock.WallTime());
}

// {"accessToken", "expireTime"}.
Result<AccessToken> ImpersonatedIn(const Secret& document, const Origin& origin, TimeMs now) {
  json::Reader reader(kDocumentBytesMax);
  const std::string where = ToString(origin);
  const auto fields = reader.Read(document.Reveal(), kTokens, where);
  if (!fields) return NoReplyOf(kTokens, origin, fields.error().message);
  const auto text = fields->View("accessToken");
  const auto ends = fields->View("expireTime");
  const auto time = ends ? ParseTime(*ends) : std::unexpected(ends.error());
  auto token = text && time ? MakeToken(*text, *time) : std::nullopt;
  if (!token) return NoReplyOf(kTokens, origin, "it lacks accessToken or expireTime");
  if (*time <= now) {
    return Fail(ErrorCode::kUnauthorized, fmt::format("the token that came ended at {}", FormatUtc(*time)), where,
                "see that this machine's clock is right");
  }
  return *std::move(token);
}

Task<Result<AccessToken>> Impersonate(Call call, TokenContext context, std::string address, AccessToken by,
                                      std::string scope) {
  LF_CO_TRY(const Url url, ParseUrl(address));
  HttpRequest request = PostTo(url, "application/json");
  request.headers.Add("Authorization", fmt::format("Bearer {}", by.bearer.Reveal()));
  ServiceQuestion question{.request = std::move(request),
                           .body = Secret(fmt::format(R"({{"scope":["{}"],"lifetime":"3600s"}})", scope)),
                           .service = std::string(kTokens)};
  LF_CO_TRY(const ServiceReply reply, co_await Ask(std::move(call), context.http, std::move(question)));
  if (!reply.ok()) {
    co_return Refusal(reply, kTokens, url.origin, "grant it the role Service Account Token Creator on the account");
  }
  co_return ImpersonatedIn(reply.body, url.origin, context.clock.WallTime());
}

Task<Result<Secret>> SubjectText(Call call, TokenContext context, ExternalAccount account) {
  if (!account.file.empty()) {
    Result<Secret> text = co_await context.host.ReadFile(std::move(call), account.file);
    if (!text && text.error().code == ErrorCode::kNotFound) {
      co_return Fail(ErrorCode::kUnauthorized, "there is no token of the external account", account.file,
                     "mount the token there, readable for the user that runs lakeferry");
    }
    co_return text;
  }
  LF_CO_TRY(const Url url, ParseUrl(account.url));
  HttpRequest request{.origin = url.origin, .target = url.target};
  for (const auto& [name, value] : account.url_headers) request.headers.Add(name, value);
  ServiceQuestion question{.request = std::move(request), .service = "the service of the external account"};
  LF_CO_TRY(const ServiceReply reply, co_await Ask(std::move(call), context.metadata, std::move(question)));
  if (!reply.ok()) {
    co_return RefusedBy("the service of the external account", url.origin, reply.status, {}, "see who answers there");
  }
  co_return reply.body;
}

Result<Secret> SubjectTokenIn(const Secret& text, const ExternalAccount& account) {
  const std::string& where = account.file.empty() ? account.url : account.file;
  std::string_view token = text.Reveal();
  json::Reader reader(size_t{1} << 20);
  if (!account.field.empty()) {
    const auto fields = reader.Read(token, "the token of the external account", where);
    const auto value = fields ? fields->View(account.field) : std::unexpected(fields.error());
    if (!value) {
      return Fail(ErrorCode::kUnauthorized, value.error().message, where, "see the format of the credential_source");
    }
    token = *value;
  }
  while (token.ends_with('\n') || token.ends_with('\r')) token.remove_suffix(1);
  if (token.empty()) return Fail(ErrorCode::kUnauthorized, "the token of the external account is empty", where);
  return SecretFrom(token);
}

Task<Result<AccessToken>> TokenOfExternal(Call call, TokenContext context, ExternalAccount account, std::string scope) {
  LF_CO_TRY(const Secret text, co_await SubjectText(call, context, account));
  LF_CO_TRY(const Secret subject, SubjectTokenIn(text, account));
  const std::shared_ptr<const void> hidden = RememberWhile(subject);
  const bool impersonates = !account.impersonation_url.empty();
  std::string form =
      fmt::format("grant_type={}&audience={}&scope={}&requested_token_type={}&subject_token_type={}&subject_token={}",
                  PercentEncode("urn:ietf:params:oauth:grant-type:token-exchange"), PercentEncode(account.audience),
                  PercentEncode(impersonates ? kPlatformScope : std::string_view(scope)),
                  PercentEncode("urn:ietf:params:oauth:token-type:access_token"),
                  PercentEncode(account.subject_token_type), PercentEncode(subject.Reveal()));
  LF_CO_TRY(AccessToken token, co_await AskForToken(call, context, account.token_url, std::move(form),
                                                    "see the provider of the workload identity pool"));
  if (!impersonates) co_return token;
  Result<AccessToken> other =
      co_await Impersonate(std::move(call), context, account.impersonation_url, std::move(token), std::move(scope));
  co_return other;
}

// The call that a file comes to.
struct ByKind {
  Call call;
  TokenContext context;
  std::string scope;

  Task<Result<AccessToken>> operator()(ServiceAccount account) const {
    std::string form =
        fmt::format("grant_type={}&assertion={}", PercentEncode("urn:ietf:params:oauth:grant-type:jwt-bearer"),
                    AssertionOf(account, scope, context.clock.WallTime()));
    return AskForToken(call, context, account.token_uri, std::move(form),
                       fmt::format("see the keys of {}, and that this machine's clock is right", account.email));
  }
  Task<Result<AccessToken>> operator()(AuthorizedUser user) const {
    std::string form = fmt::format("grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
                                   PercentEncode(user.client_id), PercentEncode(user.client_secret.Reveal()),
                                   PercentEncode(user.refresh_token.Reveal()));
    return AskForToken(call, context, user.token_uri, std::move(form), "run `gcloud auth application-default login`");
  }
  Task<Result<AccessToken>> operator()(ExternalAccount account) const {
    return TokenOfExternal(call, context, std::move(account), scope);
  }
  // NOLINTNEXTLINE(misc-no-recursion): a file has an end
  Task<Result<AccessToken>> operator()(Impersonated impersonated) const {
    LF_CO_TRY(AccessToken by, co_await TokenOf(call, context, *impersonated.base, std::string(kPlatformScope)));
    Result<AccessToken> token = co_await Impersonate(call, context, std::move(impersonated.url), std::move(by), scope);
    co_return token;
  }
};

}  // namespace

std::string AssertionOf(const ServiceAccount& account, std::string_view scope, TimeMs now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
  json::Writer header(json::Texts::kAsTheyAre);
  header.Field("alg", std::string_view("RS256"));
  header.Field("typ", std::string_view("JWT"));
  if (!account.key_id.empty()) header.Field("kid", account.key_id);
  json::Writer claims(json::Texts::kAsTheyAre);
  claims.Field("iss", account.email);
  claims.Field("scope", scope);
  claims.Field("aud", account.token_uri);
  claims.Field("iat", int64_t{seconds.count()});
  claims.Field("exp", int64_t{(seconds + kLife).count()});
  const std::string text =
      fmt::format("{}.{}", ToBase64Url(std::move(header).Finish()), ToBase64Url(std::move(claims).Finish()));
  return fmt::format("{}.{}", text, ToBase64Url(account.key.Sign(text)));
}

// NOLINTNEXTLINE(misc-no-recursion)
Task<Result<AccessToken>> TokenOf(Call call, TokenContext context, KeyFile file, std::string scope) {
  const ByKind by_kind{.call = std::move(call), .context = context, .scope = std::move(scope)};
  Result<AccessToken> token = co_await std::visit(by_kind, std::move(file.kind));
  co_return token;
}

Task<Result<AccessToken>> TokenOfMachine(Call call, TokenContext context, Origin origin) {
  HttpRequest request{.origin = origin,
                      .target = "/computeMetadata/v1/instance/service-accounts/default/token",
                      .headers = {{"Metadata-Flavor", "Google"}}};
  ServiceQuestion question{.request = std::move(request), .service = std::string(kMachine)};
  const Call soon = call.Within(context.clock.Monotonic(), kMachineWaits);
  Result<ServiceReply> reply = co_await Ask(soon, context.metadata, std::move(question));
  if (!reply) {
    Error error = std::move(reply).error();
    // Elsewhere than on a machine of Google's nothing will ever answer.
    if (error.code == ErrorCode::kUnavailable) error.code = ErrorCode::kUnauthorized;
    co_return std::unexpected(std::move(error));
  }
  if (!reply->ok()) {
    co_return RefusedBy(kMachine, origin, reply->status, reply->status == 404 ? "no service account is attached" : "",
                        "attach a service account to the machine, or to the pod");
  }
  co_return TokenIn(reply->body, kMachine, origin, context.clock.WallTime());
}

}  // namespace lakeferry::gcs
