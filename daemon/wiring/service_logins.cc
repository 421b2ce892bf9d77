#include "daemon/wiring/service_logins.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/wiring/token_sources.h"
#include "storage/azure/entra_tokens.h"

namespace lakeferry {
namespace {

// What Microsoft Entra calls Azure Databricks, in every tenant.
constexpr const char* kAzureDatabricks = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";

// Authorizes nothing, and says why.
class NoLogin final : public Authorizer {
 public:
  explicit NoLogin(Error why) : why_(std::move(why)) {}
  Task<Result<Refused>> Authorize(Call, HttpRequest&) override { co_return std::unexpected(why_); }
  [[nodiscard]] std::string Origin() const override { return "the configuration"; }

 private:
  const Error why_;
};

std::shared_ptr<Authorizer> KeptAt(const SecretRef& place) {
  return BearerOf(std::make_shared<KeptToken>([place] { return Resolve(place); }), Describe(place));
}

azure::TokenContext ContextOf(const LoginParts& parts) {
  return {.http = parts.http, .metadata = parts.metadata, .host = parts.host, .clock = parts.clock};
}

// As Microsoft Entra knows it: of this machine, of a workload, or by a secret.
std::shared_ptr<Authorizer> EntraLogin(const LoginParts& parts, const ServiceLogin& login) {
  azure::IdentitySettings identity{
      .tenant = login.tenant_id, .client = login.client_id, .secret = {}, .token_file = login.federated_token_file};
  identity.resource = kAzureDatabricks;
  if (const auto authority = parts.host.Variable("AZURE_AUTHORITY_HOST")) identity.authority = *authority;
  while (identity.authority.ends_with('/')) identity.authority.pop_back();
  const auto make = [parts, identity, secret = login.client_secret]() -> Result<std::shared_ptr<TokenSource>> {
    azure::IdentitySettings whole = identity;
    if (secret) {
      LF_TRY(whole.secret, Resolve(*secret));
    }
    return std::make_shared<azure::EntraTokens>(parts.engine, ContextOf(parts), std::move(whole));
  };
  const std::string kept = login.client_secret ? Describe(*login.client_secret) : "the identity of Microsoft Entra";
  return BearerOf(std::make_shared<LateTokens>(make), kept);
}

std::shared_ptr<Authorizer> ApplicationLogin(const LoginParts& parts, const Url& workspace, std::string client,
                                             const SecretRef& secret) {
  const auto make = [parts, workspace, client = std::move(client), secret]() -> Result<std::shared_ptr<TokenSource>> {
    LF_TRY(Secret read, Resolve(secret));
    return std::make_shared<ApplicationTokens>(parts.engine, parts.http, parts.clock, workspace, client,
                                               std::move(read));
  };
  return BearerOf(std::make_shared<LateTokens>(make), Describe(secret));
}

SecretRef VariableRef(const char* name) { return {.kind = SecretRef::Kind::kEnvironment, .name = name}; }

// By the variables of Databricks' own tools, which are of `workspace`.
std::shared_ptr<Authorizer> LoginOfVariables(const LoginParts& parts, const Url& workspace) {
  if (!parts.host.SecretVariable("DATABRICKS_TOKEN").empty()) return KeptAt(VariableRef("DATABRICKS_TOKEN"));
  const auto client = parts.host.Variable("DATABRICKS_CLIENT_ID");
  if (client) return ApplicationLogin(parts, workspace, *client, VariableRef("DATABRICKS_CLIENT_SECRET"));
  const auto tenant = parts.host.Variable("ARM_TENANT_ID");
  const auto arm_client = parts.host.Variable("ARM_CLIENT_ID");
  if (tenant && arm_client) {
    return EntraLogin(parts, {.token = {},
                              .client_id = *arm_client,
                              .client_secret = VariableRef("ARM_CLIENT_SECRET"),
                              .tenant_id = *tenant});
  }
  return std::make_shared<NoLogin>(
      Fail(ErrorCode::kInvalidArgument, "nothing says as whom the Databricks workspace is asked",
           ToString(workspace.origin),
           "set DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, in the service's environment; "
           "or write token: {file: /path} beside its url")
          .error());
}

// Where the variables lead to, which their secrets are for and nobody else.
Result<Url> HostOfVariables(const LoginParts& parts, const Url& workspace) {
  const auto named = parts.host.Variable("DATABRICKS_HOST");
  if (!named) return workspace;
  auto host = ParseUrl(named->contains("://") ? *named : "https://" + *named);
  if (!host)
    return Fail(ErrorCode::kInvalidArgument, "DATABRICKS_HOST is no URL", "DATABRICKS_HOST", "write https://<host>");
  if (!host->origin.tls && !IsLoopback(host->origin)) {
    return Fail(ErrorCode::kInvalidArgument, "tokens are not sent over http://", "DATABRICKS_HOST",
                "write https://<host>");
  }
  return *std::move(host);
}

Result<std::shared_ptr<Authorizer>> DatabricksLogin(const LoginParts& parts, const ServiceLogin& login,
                                                    const Url& workspace) {
  if (login.token) return KeptAt(*login.token);
  if (!login.tenant_id.empty() || login.managed_identity) return EntraLogin(parts, login);
  if (login.client_secret) return ApplicationLogin(parts, workspace, login.client_id, *login.client_secret);
  LF_TRY(const Url host, HostOfVariables(parts, workspace));
  auto of_variables = LoginOfVariables(parts, host);
  if (!login.secret_key.empty()) {
    auto scoped = std::make_shared<ScopedToken>(parts.http, host, login.secret_scope, login.secret_key, of_variables);
    return BearerOf(std::move(scoped),
                    fmt::format("key '{}' of secret scope '{}'", login.secret_key, login.secret_scope));
  }
  if (host.origin == workspace.origin) return of_variables;
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("DATABRICKS_HOST is another workspace than {}, and its token is not sent there",
                          ToString(workspace.origin)),
              ToString(host.origin), "write token: {file: /path} beside its url");
}

}  // namespace

Result<std::shared_ptr<Authorizer>> MakeAuthorizer(const LoginParts& parts, const WorkflowSettings& settings) {
  LF_TRY(const Url url, ParseUrl(settings.url));
  const ServiceLogin& login = settings.login;
  if (settings.kind == WorkflowKind::kDatabricks) return DatabricksLogin(parts, login, url);
  if (login.token) return KeptAt(*login.token);
  return AirflowLogin(parts.http, url, login.user, login.password.value_or(SecretRef{}));
}

Result<std::shared_ptr<Authorizer>> MakeAuthorizer(const LoginParts& parts, const CatalogSettings& settings) {
  LF_TRY(const Url url, ParseUrl(settings.url));
  if (settings.kind == CatalogKind::kDatabricks) return DatabricksLogin(parts, settings.login, url);
  if (settings.login.token) return KeptAt(*settings.login.token);
  return std::shared_ptr<Authorizer>();
}

}  // namespace lakeferry
