#include "daemon/wiring/usable_credentials.h"

#include <optional>

#include "daemon/config/secret_ref.h"

namespace lakeferry {
namespace {

bool Readable(const std::optional<SecretRef>& secret) { return !secret || Resolve(*secret).has_value(); }

bool Usable(const S3Credential& credential) {
  return Readable(credential.access_key_id) && Readable(credential.secret_access_key) &&
         Readable(credential.session_token);
}

bool Usable(const AzureCredential& credential) {
  return Readable(credential.account_key) && Readable(credential.sas_token) && Readable(credential.client_secret);
}

bool Usable(const GcsCredential& credential) { return Readable(credential.service_account_key); }

template <typename Credentials>
void Append(const StoreSettings& settings, const Credentials& credentials, Scheme scheme,
            std::vector<std::string>& names) {
  for (const auto& [name, credential] : credentials) {
    if (settings.Fits(name, scheme) && Usable(credential)) names.push_back(name);
  }
}

}  // namespace

std::vector<std::string> UsableCredentials(const StoreSettings& settings, const std::string& uri) {
  std::vector<std::string> names = {""};
  const auto location = Location::Parse(uri);
  if (!location) return names;
  Append(settings, settings.s3_credentials, location->scheme(), names);
  Append(settings, settings.gcs_credentials, location->scheme(), names);
  Append(settings, settings.azure_credentials, location->scheme(), names);
  return names;
}

}  // namespace lakeferry
