#include "storage/azure/entra_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/known_secrets.h"
#include "json/reader.h"
#include "storage/azure/credentials/client_certificate.h"
#include "storage/cloud/service_reply.h"

namespace lakeferry::azure {
namespace {

constexpr std::string_view kService = "the token service of Microsoft Entra";
// By address: its name leads to a place that no name may lead to.
constexpr std::string_view kMachine = "http://169.254.169.254/metadata/identity/oauth2/token";
constexpr size_t kDocumentBytesMax = size_t{64} << 10;
constexpr Millis kMachineWaits{3'000};
constexpr std::string_view kLogin = "the login of Azure's own tool";
constexpr Millis kLoginWaits{30'000};
constexpr int64_t kLongestSeconds = 86'400;

// Of a URL; an application is named by its number alone.
std::string NameOf(const std::string& resource) { return resource.starts_with("https://") ? resource + "/" : resource; }

Secret SecretFrom(std::string_view text) {
  return Secret::Filled(text.size(), [text](std::span<char> room) {
    std::ranges::copy(text, room.begin());
    return text.size();
  });
}

// A number, or one in quotes as the services of machines have it.
std::optional<int64_t> NumberIn(const json::Fields& fields, std::string_view key) {
  if (const auto number = fields.Int(key)) return *number;
  const auto text = fields.View(key);
  int64_t number = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

std::optional<TimeMs> EndIn(const json::Fields& fields, TimeMs now) {
  if (const auto seconds = NumberIn(fields, "expires_in")) {
    return now + std::chrono::seconds(std::clamp<int64_t>(*seconds, 0, kLongestSeconds));
  }
  const auto at = NumberIn(fields, "expires_on");
  if (!at || *at < 0 || *at > ToEpochMs(kTimeMax) / 1000) return std::nullopt;
  return std::min(FromEpochMs(*at * 1000), now + std::chrono::seconds(kLongestSeconds));
}

// {"access_token", "expires_in"}, or "expires_on" where App Service answers.
Result<AccessToken> TokenIn(const Secret& document, const Origin& origin, TimeMs now) {
  json::Reader reader(kDocumentBytesMax);
  const std::string where = ToString(origin);
  const auto fields = reader.Read(document.Reveal(), kService, where);
  if (!fields) return NoReplyOf(kService, origin, fields.error().message);
  const auto text = fields->View("access_token");
  const auto ends = EndIn(*fields, now);
  auto token = text && ends ? MakeToken(*text, *ends) : std::nullopt;
  if (!token) return NoReplyOf(kService, origin, "it lacks access_token or expires_in");
  return *std::move(token);
}

// {"error": "invalid_client", "error_description": "AADSTS…"}.
std::string ReasonIn(std::string_view text) {
  json::Reader reader(kDocumentBytesMax);
  const auto fields = reader.Read(text, "the refusal", "");
  if (!fields) return {};
  const auto description = fields->String("error_description");
  if (description) return description->substr(0, description->find_first_of("\r\n"));
  return fields->String("error").value_or(std::string());
}

std::unexpected<Error> NothingFound(Error error, bool login) {
  error.message = fmt::format(
      "no credential for Azure was found: no account key, no shared access signature, no client secret, no client "
      "certificate, no federated token, {}and no managed identity: {}",
      login ? "nobody logged in by az, " : "", error.message);
  if (error.code == ErrorCode::kUnavailable) error.code = ErrorCode::kUnauthorized;
  if (error.remedy.empty()) error.remedy = "set a credential for the store, or Azure's own variables";
  return std::unexpected(std::move(error));
}

}  // namespace

EntraTokens::EntraTokens(boost::asio::any_io_executor executor, TokenContext context, IdentitySettings identity)
    : context_(context),
      identity_(std::move(identity)),
      kept_(std::move(executor), context_.clock, [this](Call call) { return Look(std::move(call)); }) {}

Task<Result<AccessToken>> EntraTokens::Get(Call call) {
  Result<AccessToken> token = co_await kept_.Get(std::move(call));
  co_return token;
}

void EntraTokens::Distrust(const AccessToken& refused) {
  kept_.Drop([&](const AccessToken& kept) { return kept.bearer.Reveal() == refused.bearer.Reveal(); });
}

Task<Result<AccessToken>> EntraTokens::Look(Call call) {
  if (!identity_.secret.empty()) {
    std::string form = fmt::format(
        "grant_type=client_credentials&client_id={}&scope={}&client_secret={}", PercentEncode(identity_.client),
        PercentEncode(fmt::format("{}/.default", identity_.resource)), PercentEncode(identity_.secret.Reveal()));
    co_return co_await OfTenant(std::move(call), Secret(std::move(form)),
                                "look at the client's secret: whether it is the value, and not over");
  }
  if (!identity_.certificate.empty() || !identity_.certificate_file.empty()) {
    co_return co_await OfCertificate(std::move(call));
  }
  if (!identity_.token_file.empty()) co_return co_await OfWorkload(std::move(call));
  auto token = co_await OfMachine(call);
  if (token || token.error().code == ErrorCode::kCancelled) co_return token;
  if (identity_.logged_in) {
    auto of_login = co_await OfLogin(std::move(call));
    if (of_login || of_login.error().code == ErrorCode::kCancelled) co_return of_login;
  }
  co_return NothingFound(std::move(token).error(), identity_.logged_in);
}

// `az` keeps who is logged in, and renews it.
Task<Result<AccessToken>> EntraTokens::OfLogin(Call call) {
  std::vector<std::string> command{"az",       "account", "get-access-token", "--resource", NameOf(identity_.resource),
                                   "--output", "json"};
  const auto document = co_await context_.host.Run(std::move(call), std::move(command), kLoginWaits);
  LF_CO_TRY_OK(document);
  json::Reader reader(kDocumentBytesMax);
  const auto fields = reader.Read(document->Reveal(), kLogin, "az account get-access-token");
  if (!fields) co_return Fail(ErrorCode::kUnauthorized, "az does not answer with a token");
  const auto text = fields->View("accessToken");
  const auto ends = EndIn(*fields, context_.clock.WallTime());
  auto token = text && ends ? MakeToken(*text, *ends) : std::nullopt;
  if (!token) co_return Fail(ErrorCode::kUnauthorized, "az does not answer with a token");
  co_return *std::move(token);
}

Task<Result<AccessToken>> EntraTokens::OfTenant(Call call, Secret form, std::string remedy) {
  if (identity_.tenant.empty() || identity_.client.empty()) {
    co_return Fail(ErrorCode::kInvalidArgument, "an identity of Microsoft Entra needs its tenant and its client", {},
                   "set AZURE_TENANT_ID and AZURE_CLIENT_ID, or tenant_id and client_id of the credential");
  }
  LF_CO_TRY(const Url url, ParseUrl(TokenUrl()));
  if (!url.origin.tls && !IsLoopback(url.origin)) {
    co_return Fail(ErrorCode::kInvalidArgument, "secrets are not sent over http://", ToString(url.origin),
                   "set AZURE_AUTHORITY_HOST to https://…");
  }
  HttpRequest request{.method = Method::kPost,
                      .origin = url.origin,
                      .target = url.target,
                      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}}};
  co_return co_await Ask(std::move(call), context_.http, std::move(request), std::move(form), std::move(remedy));
}

Task<Result<AccessToken>> EntraTokens::OfWorkload(Call call) {
  const auto file = co_await context_.host.ReadFile(call, identity_.token_file);
  LF_CO_TRY_OK(file);
  std::string_view assertion = file->Reveal();
  while (assertion.ends_with('\n') || assertion.ends_with('\r')) assertion.remove_suffix(1);
  co_return co_await OfAssertion(std::move(call), assertion,
                                 "look at the federated credential of the client: issuer, subject and audience");
}

std::string EntraTokens::TokenUrl() const {
  return fmt::format("{}/{}/oauth2/v2.0/token", identity_.authority, PercentEncode(identity_.tenant));
}

// A file is read anew each time: the certificate may have been replaced.
Task<Result<AccessToken>> EntraTokens::OfCertificate(Call call) {
  Secret pem = identity_.certificate;
  if (pem.empty()) {
    LF_CO_TRY(pem, co_await context_.host.ReadFile(call, identity_.certificate_file));
  }
  const auto certificate = ClientCertificate::FromPem(pem);
  if (!certificate) {
    co_return FailAt(certificate.error(), identity_.certificate_file.empty() ? std::string("client_certificate")
                                                                             : identity_.certificate_file);
  }
  const TimeMs now = context_.clock.WallTime();
  const std::string id = NameUuid(fmt::format("{} {} {}", identity_.client, ToEpochMs(now), ++assertions_));
  const std::string assertion = certificate->Assertion(identity_.client, TokenUrl(), id, now);
  co_return co_await OfAssertion(std::move(call), assertion,
                                 "upload this certificate to the client's credentials, and look whether it is over");
}

Task<Result<AccessToken>> EntraTokens::OfAssertion(Call call, std::string_view assertion, std::string remedy) {
  const auto hidden = RememberWhile(SecretFrom(assertion));
  std::string form =
      fmt::format("grant_type=client_credentials&client_id={}&scope={}&client_assertion_type={}&client_assertion={}",
                  PercentEncode(identity_.client), PercentEncode(fmt::format("{}/.default", identity_.resource)),
                  PercentEncode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), PercentEncode(assertion));
  co_return co_await OfTenant(std::move(call), Secret(std::move(form)), std::move(remedy));
}

Task<Result<AccessToken>> EntraTokens::OfMachine(Call call) {
  const auto service = context_.host.Variable("IDENTITY_ENDPOINT");
  const Secret header = context_.host.SecretVariable("IDENTITY_HEADER");
  const bool app = service && !header.empty();
  LF_CO_TRY(const Url url, ParseUrl(app ? *service : std::string(kMachine)));
  std::string target = fmt::format("{}?api-version={}&resource={}", url.target, app ? "2019-08-01" : "2018-02-01",
                                   PercentEncode(NameOf(identity_.resource)));
  if (!identity_.client.empty()) target += "&client_id=" + PercentEncode(identity_.client);
  HttpRequest request{.origin = url.origin, .target = std::move(target), .headers = {{"Metadata", "true"}}};
  if (app) request.headers.Add("X-IDENTITY-HEADER", std::string(header.Reveal()));
  auto token =
      co_await Ask(call.Within(context_.clock.Monotonic(), kMachineWaits), context_.metadata, std::move(request), {},
                   "give the machine a managed identity, and name it by AZURE_CLIENT_ID where there are several");
  co_return token;
}

Task<Result<AccessToken>> EntraTokens::Ask(Call call, HttpTransport& http, HttpRequest request, Secret form,
                                           std::string remedy) {
  const Origin origin = request.origin;
  ServiceQuestion question{.request = std::move(request), .body = std::move(form), .service = std::string(kService)};
  const auto reply = co_await lakeferry::Ask(std::move(call), http, std::move(question));
  LF_CO_TRY_OK(reply);
  if (!reply->ok()) {
    co_return RefusedBy(kService, origin, reply->status, WithoutSecrets(ReasonIn(reply->text)), std::move(remedy));
  }
  co_return TokenIn(reply->body, origin, context_.clock.WallTime());
}

}  // namespace lakeferry::azure
