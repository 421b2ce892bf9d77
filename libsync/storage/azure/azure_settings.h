// AzureSettings: what a connection string, variables or a configuration say of an account. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/location.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/origin.h"
#include "storage/azure/azure_client.h"
#include "storage/cloud/host.h"

namespace lakeferry::azure {

// An identity of Microsoft Entra. With a secret, a certificate or a token's file it is a service principal or a
// workload identity of `tenant`; with none of them the managed identity of this machine, that of `client` where it is
// named, or whoever is logged in.
struct IdentitySettings {
  std::string tenant;
  std::string client;
  Secret secret;
  std::string token_file;  // AZURE_FEDERATED_TOKEN_FILE
  std::string authority = "https://login.microsoftonline.com";
  std::string resource = "https://storage.azure.com";  // what the token is for
  std::string certificate_file = {};                   // AZURE_CLIENT_CERTIFICATE_PATH: key and certificate in PEM
  Secret certificate = {};                             // the same, where it was read already
  bool logged_in = false;                              // who is, by `az login`, is asked for last
};

// The first that is there counts: key, signature, identity.
struct AzureSettings {
  std::string account;                  // empty: the location tells
  bool bound = false;                   // there is a key or a signature, and they are of that account alone
  std::optional<std::string> endpoint;  // of the Blob service, a URL; with the account as path at emulators
  Secret account_key;
  Secret sas_token;
  IdentitySettings identity;
  bool anonymous = false;  // requests say nothing of who sends them
};

// Errors of ParseConnectionString.
[[nodiscard]] Result<AzureSettings> ReadConnectionString(const Secret& text);

// The variables of Azure's own tools and those of delta-rs: AZURE_STORAGE_CONNECTION_STRING, and before what it says
// AZURE_STORAGE_ACCOUNT (_NAME), _KEY (_ACCOUNT_KEY), _SAS_TOKEN, _BLOB_ENDPOINT; AZURE_TENANT_ID, _CLIENT_ID,
// _CLIENT_SECRET, _CLIENT_CERTIFICATE_PATH, _FEDERATED_TOKEN_FILE, _AUTHORITY_HOST; and whoever is logged in.
// kInvalidArgument naming the variable.
[[nodiscard]] Result<AzureSettings> ReadVariables(Host& host);

// The endpoint of the settings, where it serves the location: one of the same account, or one that names none.
[[nodiscard]] std::optional<std::string> EndpointFor(const Location& location, const AzureSettings& settings);

// Where a location is reached: at `endpoint`, or where Azure has its account; a dfs host becomes the blob host of the
// same account. The account is that of the location, of the settings or of the endpoint. kInvalidArgument where none
// of them tells it, and where key or signature are of another.
[[nodiscard]] Result<ContainerAddress> AddressOf(const Location& location, const AzureSettings& settings,
                                                 const std::optional<Url>& endpoint);

}  // namespace lakeferry::azure
