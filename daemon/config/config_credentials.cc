#include "daemon/config/config_credentials.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/config/config_values.h"

namespace lakeferry {
namespace {

constexpr std::string_view kCredentialForms =
    "give access_key_id and secret_access_key, or profile and role_arn or one of them, or anonymous: true";
constexpr std::string_view kAzureForms =
    "give one of account_key, sas_token, client_secret, client_certificate, federated_token_file, managed_identity: "
    "true and anonymous: true; without a credential Azure's own variables are looked at";

GcsCredential ReadGcsCredential(ConfigMap& map) {
  RefuseOthersThan(map, kCredentialLevel, {"service_account_key", "anonymous"}, "gcs");
  GcsCredential credential{.service_account_key = {}, .anonymous = IsSaid(map, "anonymous")};
  if (map.Has("service_account_key")) credential.service_account_key = ReadSecretRef(map, "service_account_key");
  const auto& key = credential.service_account_key;
  if (key && key->kind == SecretRef::Kind::kEnvironment) {
    map.Report("service_account_key", "the key of a service account is a file",
               "name it: { file: /path } or { credential: name }");
  } else if (map.Has("service_account_key") == credential.anonymous) {
    map.Report("kind", "the credential does not say one way to get it",
               "give service_account_key, or anonymous: true; without a credential Google's own variables and files "
               "are looked at");
  }
  return credential;
}

S3Credential ReadS3Credential(ConfigMap& map) {
  RefuseOthersThan(
      map, kCredentialLevel,
      {"access_key_id", "secret_access_key", "session_token", "profile", "role_arn", "external_id", "anonymous"}, "s3");
  S3Credential credential;
  for (const auto& [key, place] : {std::pair("access_key_id", &credential.access_key_id),
                                   std::pair("secret_access_key", &credential.secret_access_key),
                                   std::pair("session_token", &credential.session_token)}) {
    if (map.Has(key)) *place = ReadSecretRef(map, key);
  }
  credential.profile = TextAt(map, "profile");
  credential.role_arn = TextAt(map, "role_arn");
  credential.external_id = TextAt(map, "external_id");
  credential.anonymous = IsSaid(map, "anonymous");

  const bool keys = map.Has("access_key_id") || map.Has("secret_access_key") || map.Has("session_token");
  const int forms = int{keys} + int{map.Has("profile") || map.Has("role_arn")} + int{credential.anonymous};
  if (map.Has("access_key_id") != map.Has("secret_access_key")) {
    map.Report(map.Has("access_key_id") ? "secret_access_key" : "access_key_id",
               "access_key_id and secret_access_key go together", "set both, or neither");
  } else if (forms != 1) {
    map.Report("kind", "the credential does not say one way to get it", std::string(kCredentialForms));
  }
  if (map.Has("external_id") && !map.Has("role_arn")) {
    map.Report("external_id", "external_id belongs to a role", "add role_arn, or remove it");
  }
  return credential;
}

// What belongs to an identity of Microsoft Entra, and to it alone.
void CheckIdentity(ConfigMap& map, const AzureCredential& credential) {
  const bool told = map.Has("client_secret") || map.Has("client_certificate") || map.Has("federated_token_file");
  for (const std::string_view key : {"tenant_id", "client_id"}) {
    if (told && !map.Has(key)) {
      map.Report(key, fmt::format("an identity of Microsoft Entra lacks its {}", key), "add it");
    } else if (!told && map.Has(key) && !(credential.managed_identity && key == "client_id")) {
      map.Report(key, fmt::format("{} belongs to an identity of Microsoft Entra", key),
                 "add client_secret, client_certificate or federated_token_file, or remove it");
    }
  }
  if (map.Has("federated_token_file") && !credential.federated_token_file.starts_with('/')) {
    map.Report("federated_token_file", "the file of the token is named by no absolute path", "write /…");
  }
}

AzureCredential ReadAzureCredential(ConfigMap& map) {
  RefuseOthersThan(map, kCredentialLevel,
                   {"account", "account_key", "sas_token", "tenant_id", "client_id", "client_secret",
                    "client_certificate", "federated_token_file", "managed_identity", "anonymous"},
                   "azure");
  AzureCredential credential{.account = TextAt(map, "account"),
                             .account_key = {},
                             .sas_token = {},
                             .tenant_id = TextAt(map, "tenant_id"),
                             .client_id = TextAt(map, "client_id"),
                             .client_secret = {},
                             .client_certificate = {},
                             .federated_token_file = TextAt(map, "federated_token_file"),
                             .managed_identity = IsSaid(map, "managed_identity"),
                             .anonymous = IsSaid(map, "anonymous")};
  for (const auto& [key, place] :
       {std::pair("account_key", &credential.account_key), std::pair("sas_token", &credential.sas_token),
        std::pair("client_secret", &credential.client_secret),
        std::pair("client_certificate", &credential.client_certificate)}) {
    if (map.Has(key)) *place = ReadSecretRef(map, key);
  }
  const int forms = int{map.Has("account_key")} + int{map.Has("sas_token")} + int{map.Has("client_secret")} +
                    int{map.Has("client_certificate")} + int{map.Has("federated_token_file")} +
                    int{credential.managed_identity} + int{credential.anonymous};
  if (forms != 1) {
    map.Report("kind", "the credential does not say one way to get it", std::string(kAzureForms));
  } else {
    CheckIdentity(map, credential);
  }
  return credential;
}

}  // namespace

void ReadCredential(ConfigMap& map, const std::string& name, StoreSettings& settings) {
  switch (map.Choice("kind", {"s3", "gcs", "azure"}).value_or(0)) {
    case 1: settings.gcs_credentials.emplace(name, ReadGcsCredential(map)); return;
    case 2: settings.azure_credentials.emplace(name, ReadAzureCredential(map)); return;
    default: settings.s3_credentials.emplace(name, ReadS3Credential(map)); return;
  }
}

}  // namespace lakeferry
