// StoreSettings: what the configuration says of object stores beyond the vendors' own variables: how places are
// reached, and as whom. Plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/location.h"
#include "daemon/config/secret_ref.h"
#include "http/origin.h"
#include "storage/s3/bucket_address.h"

namespace lakeferry {

// As whom a store is spoken to: keys, or whatever a profile or a role leads to, or nobody.
struct S3Credential {
  std::optional<SecretRef> access_key_id;
  std::optional<SecretRef> secret_access_key;
  std::optional<SecretRef> session_token;
  std::string profile;   // of the shared files; empty: as variables have it
  std::string role_arn;  // assumed on top; empty: none
  std::string external_id;
  bool anonymous = false;  // requests are not signed

  bool operator==(const S3Credential&) const = default;
};

// As whom Google's storage is spoken to: whoever a key file names, or what Google's own tools would find, or nobody.
struct GcsCredential {
  std::optional<SecretRef> service_account_key;  // a file, of any kind that Google's tools take; never a variable
  bool anonymous = false;

  bool operator==(const GcsCredential&) const = default;
};

// As whom Azure's storage is spoken to: by one of these ways, or as nobody.
struct AzureCredential {
  std::string account;  // empty: the location, or the endpoint, tells
  std::optional<SecretRef> account_key;
  std::optional<SecretRef> sas_token;
  std::string tenant_id;  // of an identity of Microsoft Entra, with client_id
  std::string client_id;
  std::optional<SecretRef> client_secret;
  std::optional<SecretRef> client_certificate = {};  // key and certificate, PEM
  std::string federated_token_file;
  bool managed_identity = false;  // of this machine; that of client_id, where it is named
  bool anonymous = false;

  bool operator==(const AzureCredential&) const = default;
};

// For every location that lies in one.
struct StorePrefix {
  Location prefix;
  std::string where;                    // in the configuration
  std::optional<std::string> endpoint;  // a URL; at Azure with the account as its path, where it stands there
  std::optional<std::string> region;
  std::optional<bool> path_style;
  bool allow_http = false;
  std::string credential;  // its name; empty: the service's default
  // Of S3 alone; absent: as the vendors' variables have it.
  std::optional<bool> dual_stack = {};
  std::optional<bool> fips = {};
  s3::BucketTerms terms = {};
};

struct StoreSettings {
  std::map<std::string, S3Credential> s3_credentials;        // by name
  std::map<std::string, GcsCredential> gcs_credentials;      // names of their own
  std::map<std::string, AzureCredential> azure_credentials;  // and of theirs
  std::vector<StorePrefix> prefixes;

  // Whether there is one of the name, of whatever kind.
  [[nodiscard]] bool HasCredential(const std::string& name) const {
    return s3_credentials.contains(name) || gcs_credentials.contains(name) || azure_credentials.contains(name);
  }
  // Whether the credential of that name is of use where a location has that scheme.
  [[nodiscard]] bool Fits(const std::string& name, Scheme scheme) const;
  // The longest that the location lies in; null where there is none.
  [[nodiscard]] const StorePrefix* Find(const Location& location) const;
};

// Whom an endpoint leads to that `store` or a variable of the environment names for `location`. http:// is taken on
// loopback, and elsewhere where `store`, which may be null, allows it; kInvalidArgument otherwise.
[[nodiscard]] Result<Origin> EndpointOf(const std::string& url, const StorePrefix* store, const Location& location);

}  // namespace lakeferry
