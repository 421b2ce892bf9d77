#include "daemon/config/config_logins.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/config/config_values.h"
#include "http/origin.h"

namespace lakeferry {
namespace {

void ReadApplication(ConfigMap& map, ServiceLogin& login) {
  login.client_id = TextAt(map, "client_id");
  if (map.Has("client_secret")) login.client_secret = ReadSecretRef(map, "client_secret");
  login.tenant_id = TextAt(map, "tenant_id");
  login.federated_token_file = TextAt(map, "federated_token_file");
  login.managed_identity = IsSaid(map, "managed_identity");
  const bool told = map.Has("client_secret") || map.Has("federated_token_file");
  if (told && !map.Has("client_id")) map.Report("client_id", "an application lacks its client_id", "add it");
  if (map.Has("federated_token_file") && !map.Has("tenant_id")) {
    map.Report("tenant_id", "an identity of Microsoft Entra lacks its tenant_id", "add it");
  }
  if (!told && map.Has("tenant_id")) {
    map.Report("tenant_id", "tenant_id belongs to an identity of Microsoft Entra",
               "add client_secret or federated_token_file, or remove it");
  }
  if (!told && map.Has("client_id") && !login.managed_identity) {
    map.Report("client_id", "client_id is an application's, and nothing proves it",
               "add client_secret, federated_token_file or managed_identity: true, or remove it");
  }
}

// A key of the secret scope, of which there may be one above.
void ReadSecretKey(ConfigMap& map, const std::string& scope, ServiceLogin& login) {
  login.secret_key = TextAt(map, "secret_key");
  if (map.Has("secret_key")) login.secret_scope = map.Has("secret_scope") ? TextAt(map, "secret_scope") : scope;
}

}  // namespace

std::string WhatIsWrongWithUrl(const std::string& url, bool http_allowed) {
  const auto parsed = ParseUrl(url);
  if (!parsed) return parsed.error().message;
  if (parsed->target.find('?') != std::string::npos) return "a service's url has no query";
  if (parsed->origin.tls || IsLoopback(parsed->origin) || http_allowed) return {};
  return "tokens are not sent over http://";
}

std::optional<std::string> ReadServiceUrl(ConfigMap& map, std::string_view example) {
  const bool http_allowed = IsSaid(map, "allow_http");
  const auto url = map.RequiredText("url", example);
  if (!url) return std::nullopt;
  const std::string wrong = WhatIsWrongWithUrl(url->text, http_allowed);
  if (!wrong.empty()) map.Report("url", wrong, fmt::format("write {}; allow_http: true where nobody listens", example));
  std::string text = url->text;
  while (text.ends_with('/')) text.pop_back();
  return text;
}

std::optional<ServiceLogin> ReadDatabricksLogin(ConfigMap& map, const std::string& scope, std::string_view what) {
  const int forms = int{map.Has("token")} + int{map.Has("secret_key")} + int{map.Has("client_secret")} +
                    int{map.Has("federated_token_file")} + int{IsSaid(map, "managed_identity")};
  if (forms == 0 && !map.Has("client_id") && !map.Has("tenant_id") && !map.Has("secret_scope")) return std::nullopt;
  ServiceLogin login;
  if (map.Has("token")) login.token = ReadSecretRef(map, "token");
  ReadSecretKey(map, scope, login);
  ReadApplication(map, login);
  if (map.Has("secret_key") && login.secret_scope.empty()) {
    map.Report("secret_key", "secret_key is a key of a secret scope, and there is no secret_scope", "add secret_scope");
  } else if (map.Has("secret_scope") && !map.Has("secret_key")) {
    map.Report("secret_scope", "secret_scope lacks its secret_key", "add secret_key, or remove it");
  } else if (forms > 1) {
    map.Report("kind", fmt::format("{} does not say one way to log in", what),
               "give one of token, secret_key, client_secret, federated_token_file and managed_identity: true");
  }
  return login;
}

}  // namespace lakeferry
