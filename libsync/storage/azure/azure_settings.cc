#include "storage/azure/azure_settings.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "storage/azure/credentials/connection_string.h"

namespace lakeferry::azure {
namespace {

constexpr std::string_view kSuffix = "core.windows.net";

std::string FirstOf(Host& host, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (auto value = host.Variable(name)) return *std::move(value);
  }
  return {};
}

Secret FirstSecretOf(Host& host, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (Secret value = host.SecretVariable(name); !value.empty()) return value;
  }
  return {};
}

IdentitySettings IdentityOf(Host& host) {
  IdentitySettings identity{.tenant = FirstOf(host, {"AZURE_TENANT_ID"}),
                            .client = FirstOf(host, {"AZURE_CLIENT_ID"}),
                            .secret = host.SecretVariable("AZURE_CLIENT_SECRET"),
                            .token_file = FirstOf(host, {"AZURE_FEDERATED_TOKEN_FILE"}),
                            .certificate_file = FirstOf(host, {"AZURE_CLIENT_CERTIFICATE_PATH"}),
                            .logged_in = true};
  if (std::string authority = FirstOf(host, {"AZURE_AUTHORITY_HOST"}); !authority.empty()) {
    identity.authority = authority.contains("://") ? authority : "https://" + authority;
  }
  while (identity.authority.ends_with('/')) identity.authority.pop_back();
  return identity;
}

// "account.dfs.core.windows.net" is reached as "account.blob.core.windows.net".
std::string BlobHost(std::string host) {
  constexpr std::string_view kDfs = ".dfs.";
  const size_t at = host.find(kDfs);
  if (at != std::string::npos) host.replace(at, kDfs.size(), ".blob.");
  return host;
}

// Empty where the location leaves it to the credential.
std::string AccountIn(const Location& location) { return location.host().substr(0, location.host().find('.')); }

// The first label of its host, or the first part of its path at emulators.
std::string AccountIn(const Url& endpoint) {
  const std::string_view path = std::string_view(endpoint.target).substr(1);
  if (!path.empty()) return std::string(path.substr(0, path.find('/')));
  return endpoint.origin.host.substr(0, endpoint.origin.host.find('.'));
}

Status CheckAccount(const AzureSettings& settings, const std::string& account, const Location& location) {
  if (!settings.bound || settings.account.empty() || settings.account == account) return {};
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("the credential is of the account {}, and the location is in {}", settings.account, account),
              location.Print(), "set a credential of that account for the store");
}

}  // namespace

Result<AzureSettings> ReadConnectionString(const Secret& text) {
  LF_TRY(ConnectionString read, ParseConnectionString(text));
  AzureSettings settings;
  settings.account = std::move(read.account);
  settings.endpoint = std::move(read.blob_endpoint);
  settings.account_key = std::move(read.key);
  settings.sas_token = std::move(read.signature);
  return settings;
}

Result<AzureSettings> ReadVariables(Host& host) {
  AzureSettings settings;
  if (const Secret text = host.SecretVariable("AZURE_STORAGE_CONNECTION_STRING"); !text.empty()) {
    LF_TRY(settings, ReadConnectionString(text));
  } else if (FirstOf(host, {"AZURE_STORAGE_USE_EMULATOR"}) == "true") {
    LF_TRY(settings, ReadConnectionString(Secret(std::string("UseDevelopmentStorage=true"))));
  }
  if (std::string name = FirstOf(host, {"AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_ACCOUNT_NAME"}); !name.empty()) {
    // What was said of another account does not count.
    if (!settings.account.empty() && settings.account != name) settings = {};
    settings.account = std::move(name);
  }
  const Secret key =
      FirstSecretOf(host, {"AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY"});
  if (!key.empty()) settings.account_key = key;
  const Secret sas = FirstSecretOf(host, {"AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_SAS_KEY"});
  if (!sas.empty()) settings.sas_token = sas;
  if (std::string url = FirstOf(host, {"AZURE_STORAGE_BLOB_ENDPOINT", "AZURE_STORAGE_ENDPOINT"}); !url.empty()) {
    settings.endpoint = std::move(url);
  }
  settings.bound = !settings.account_key.empty() || !settings.sas_token.empty();
  settings.identity = IdentityOf(host);
  return settings;
}

std::optional<std::string> EndpointFor(const Location& location, const AzureSettings& settings) {
  const std::string account = AccountIn(location);
  const bool ours = account.empty() || settings.account.empty() || settings.account == account;
  return ours ? settings.endpoint : std::nullopt;
}

Result<ContainerAddress> AddressOf(const Location& location, const AzureSettings& settings,
                                   const std::optional<Url>& endpoint) {
  std::string account = AccountIn(location);
  if (account.empty()) account = settings.account;
  if (account.empty() && endpoint) account = AccountIn(*endpoint);
  if (account.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "nothing tells the storage account of the location", location.Print(),
                "set AZURE_STORAGE_ACCOUNT or the credential's account, or write "
                "abfss://container@account.dfs.core.windows.net/path");
  }
  LF_TRY_OK(CheckAccount(settings, account, location));
  ContainerAddress address{.account = account, .container = location.bucket()};
  if (!endpoint) {
    const std::string& host = location.host();
    address.endpoint = {.host = host.empty() ? fmt::format("{}.blob.{}", account, kSuffix) : BlobHost(host)};
    return address;
  }
  address.endpoint = endpoint->origin;
  address.base = endpoint->target;
  while (address.base.ends_with('/')) address.base.pop_back();
  return address;
}

}  // namespace lakeferry::azure
