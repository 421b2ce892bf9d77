#include "daemon/wiring/token_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "base/known_secrets.h"
#include "base/shown_text.h"
#include "http/service/service_client.h"
#include "json/reader.h"
#include "json/writer.h"
#include "storage/cloud/service_reply.h"

namespace lakeferry {
namespace {

constexpr size_t kDocumentBytesMax = size_t{64} << 10;
constexpr int64_t kLongestSeconds = 86'400;
constexpr std::string_view kTokenService = "the token service of the Databricks workspace";
constexpr std::string_view kSecrets = "the secrets API of the Databricks workspace";
constexpr std::string_view kAirflowLogin = "the login of Airflow";

bool IsSame(const AccessToken& a, const AccessToken& b) { return a.bearer.Reveal() == b.bearer.Reveal(); }

// One that lasts until it is refused.
std::optional<AccessToken> LastingToken(std::string_view text) {
  auto token = MakeToken(text, kTimeMax);
  if (token) token->ends.reset();
  return token;
}

std::string PathBelow(const Url& base, std::string_view path) {
  return fmt::format("{}{}", base.target == "/" ? "" : base.target, path);
}

std::string BasicOf(std::string_view user, const Secret& password) {
  std::string both = fmt::format("{}:{}", user, password.Reveal());
  std::string basic = "Basic " + ToBase64(both);
  std::ranges::fill(both, '\0');
  return basic;
}

class Bearer final : public Authorizer {
 public:
  Bearer(std::shared_ptr<TokenSource> source, std::string kept) : source_(std::move(source)), kept_(std::move(kept)) {}
  Task<Result<Refused>> Authorize(Call call, HttpRequest& request) override {
    auto token = co_await source_->Get(std::move(call));
    LF_CO_TRY_OK(token);
    request.headers.Set("Authorization", fmt::format("Bearer {}", token->bearer.Reveal()));
    co_return Refused([source = source_, used = *std::move(token)] { source->Distrust(used); });
  }
  [[nodiscard]] std::string Origin() const override { return kept_; }

 private:
  const std::shared_ptr<TokenSource> source_;
  const std::string kept_;
};

// What is kept of a login, shared with whoever says that it was refused.
struct AirflowSession {
  std::string header;  // empty: none yet
  std::shared_ptr<const void> hidden = {};
};

class AirflowPassword final : public Authorizer {
 public:
  AirflowPassword(HttpTransport& http, Url airflow, std::string user, SecretRef password)
      : http_(http), airflow_(std::move(airflow)), user_(std::move(user)), password_(std::move(password)) {}

  Task<Result<Refused>> Authorize(Call call, HttpRequest& request) override {
    if (session_->header.empty()) {
      LF_CO_TRY_OK(co_await LogIn(std::move(call)));
    }
    request.headers.Set("Authorization", session_->header);
    co_return Refused([session = session_] { *session = {}; });
  }
  [[nodiscard]] std::string Origin() const override {
    return fmt::format("user '{}' with the password of {}", user_, Describe(password_));
  }

 private:
  Task<Status> LogIn(Call call) {
    LF_CO_TRY(const Secret password, Resolve(password_));
    json::Writer form(json::Texts::kAsTheyAre);
    form.Field("username", user_);
    form.Field("password", password.Reveal());
    ServiceQuestion question{.request = {.method = Method::kPost,
                                         .origin = airflow_.origin,
                                         .target = PathBelow(airflow_, "/auth/token"),
                                         .headers = {{"Content-Type", "application/json"}}},
                             .body = Secret(form.Finish()),
                             .service = std::string(kAirflowLogin)};
    const auto reply = co_await Ask(std::move(call), http_, std::move(question));
    LF_CO_TRY_OK(reply);
    if (reply->status == 404 || reply->status == 405) {  // Airflow 2 has no such login
      session_->header = BasicOf(user_, password);
      co_return Status();
    }
    if (!reply->ok()) {
      co_return RefusedBy(kAirflowLogin, airflow_.origin, reply->status, ReasonIn(reply->text),
                          fmt::format("see that {} is right", Origin()));
    }
    json::Reader reader(kDocumentBytesMax);
    const auto fields = reader.Read(reply->body.Reveal(), "the token", "");
    const auto text =
        fields ? fields->View("access_token") : Result<std::string_view>(Fail(ErrorCode::kCorruptLog, ""));
    const auto token = text ? LastingToken(*text) : std::nullopt;
    if (!token) co_return NoReplyOf(kAirflowLogin, airflow_.origin, "it lacks access_token");
    *session_ = {.header = fmt::format("Bearer {}", token->bearer.Reveal()), .hidden = token->hidden};
    co_return Status();
  }

  HttpTransport& http_;
  const Url airflow_;
  const std::string user_;
  const SecretRef password_;
  const std::shared_ptr<AirflowSession> session_ = std::make_shared<AirflowSession>();
};

}  // namespace

Task<Result<AccessToken>> KeptToken::Get(Call) {
  if (!kept_) {
    LF_CO_TRY(const Secret secret, read_());
    kept_ = LastingToken(secret.Reveal());
    if (!kept_) {
      co_return Fail(ErrorCode::kInvalidArgument, "a token has characters that no header can have", {},
                     "keep the token alone there, on one line");
    }
  }
  co_return *kept_;
}

void KeptToken::Distrust(const AccessToken& refused) {
  if (kept_ && IsSame(*kept_, refused)) kept_.reset();
}

Task<Result<AccessToken>> LateTokens::Get(Call call) {
  if (made_ == nullptr) {
    LF_CO_TRY(made_, make_());
  }
  const std::shared_ptr<TokenSource> source = made_;
  Result<AccessToken> token = co_await source->Get(std::move(call));
  if (!token && token.error().code == ErrorCode::kUnauthorized && made_ == source) made_.reset();
  co_return token;
}

void LateTokens::Distrust(const AccessToken& refused) {
  if (made_ != nullptr) made_->Distrust(refused);
  made_.reset();
}

ApplicationTokens::ApplicationTokens(boost::asio::any_io_executor engine, HttpTransport& http, const Clock& clock,
                                     Url workspace, std::string client_id, Secret client_secret)
    : http_(http),
      clock_(clock),
      workspace_(std::move(workspace)),
      client_id_(std::move(client_id)),
      client_secret_(std::move(client_secret)),
      kept_(std::move(engine), clock, [this](Call call) { return Fetch(std::move(call)); }) {}

Task<Result<AccessToken>> ApplicationTokens::Get(Call call) {
  Result<AccessToken> token = co_await kept_.Get(std::move(call));
  co_return token;
}

void ApplicationTokens::Distrust(const AccessToken& refused) {
  kept_.Drop([&](const AccessToken& kept) { return IsSame(kept, refused); });
}

Task<Result<AccessToken>> ApplicationTokens::Fetch(Call call) {
  ServiceQuestion question{.request = {.method = Method::kPost,
                                       .origin = workspace_.origin,
                                       .target = PathBelow(workspace_, "/oidc/v1/token"),
                                       .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                                                   {"Authorization", BasicOf(client_id_, client_secret_)}}},
                           .body = Secret(std::string("grant_type=client_credentials&scope=all-apis")),
                           .service = std::string(kTokenService)};
  const auto reply = co_await Ask(std::move(call), http_, std::move(question));
  LF_CO_TRY_OK(reply);
  if (!reply->ok()) {
    co_return RefusedBy(kTokenService, workspace_.origin, reply->status, ReasonIn(reply->text),
                        "look at client_id and client_secret: whether the secret is of that application, and not over");
  }
  json::Reader reader(kDocumentBytesMax);
  const auto fields = reader.Read(reply->body.Reveal(), kTokenService, "");
  if (!fields) co_return NoReplyOf(kTokenService, workspace_.origin, fields.error().message);
  const auto text = fields->View("access_token");
  const auto seconds = fields->Count("expires_in");
  const TimeMs ends =
      clock_.WallTime() + std::chrono::seconds(seconds ? std::clamp<int64_t>(*seconds, 0, kLongestSeconds) : 0);
  auto token = text && seconds ? MakeToken(*text, ends) : std::nullopt;
  if (!token) co_return NoReplyOf(kTokenService, workspace_.origin, "it lacks access_token or expires_in");
  co_return *std::move(token);
}

Task<Result<AccessToken>> ScopedToken::Get(Call call) {
  if (kept_) co_return *kept_;
  const std::string target =
      PathBelow(workspace_, "/api/2.0/secrets/get" + QueryText({{"scope", scope_}, {"key", key_}}));
  for (int attempt = 0;; ++attempt) {
    HttpRequest request{.origin = workspace_.origin, .target = target};
    LF_CO_TRY(const Authorizer::Refused refused, co_await login_->Authorize(call, request));
    ServiceQuestion question{.request = std::move(request), .body = {}, .service = std::string(kSecrets)};
    const auto reply = co_await Ask(call, http_, std::move(question));
    LF_CO_TRY_OK(reply);
    if ((reply->status == 401 || reply->status == 403) && attempt == 0) {
      refused();
      continue;
    }
    if (!reply->ok()) {
      auto refusal = RefusedBy(kSecrets, workspace_.origin, reply->status, ReasonIn(reply->text), {});
      Error error = std::move(refusal).error();
      error.message =
          fmt::format("the token in secret scope '{}', key '{}', cannot be read: {}", scope_, key_, error.message);
      if (error.remedy.empty()) {
        error.remedy =
            fmt::format("see that scope and key are there, and that {} may read the scope", login_->Origin());
      }
      co_return std::unexpected(std::move(error));
    }
    json::Reader reader(kDocumentBytesMax);
    const auto fields = reader.Read(reply->body.Reveal(), "the secret", "");
    const auto value = fields ? fields->String("value") : Result<std::string>(Fail(ErrorCode::kCorruptLog, ""));
    const auto bytes = value ? FromBase64(*value) : std::nullopt;
    kept_ = bytes ? LastingToken(*bytes) : std::nullopt;
    if (!kept_) co_return NoReplyOf(kSecrets, workspace_.origin, "it holds no token in Base64");
    co_return *kept_;
  }
}

void ScopedToken::Distrust(const AccessToken& refused) {
  if (kept_ && IsSame(*kept_, refused)) kept_.reset();
}

std::shared_ptr<Authorizer> BearerOf(std::shared_ptr<TokenSource> source, std::string kept) {
  return std::make_shared<Bearer>(std::move(source), std::move(kept));
}

std::shared_ptr<Authorizer> AirflowLogin(HttpTransport& http, Url airflow, std::string user, SecretRef password) {
  return std::make_shared<AirflowPassword>(http, std::move(airflow), std::move(user), std::move(password));
}

}  // namespace lakeferry
