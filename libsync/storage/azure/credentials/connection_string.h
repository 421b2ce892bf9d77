// AZURE_STORAGE_CONNECTION_STRING: account, key or shared access signature, and endpoints, as the portal shows them.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace lakeferry::azure {

struct ConnectionString {
  std::string account;
  Secret key = {};            // Base64; or
  Secret signature = {};      // a query without its '?'
  std::string blob_endpoint;  // "https://account.blob.core.windows.net", a URL without a '/' at its end
};

// "Name=value;…", names without case; UseDevelopmentStorage=true is the emulator's. kInvalidArgument where the account,
// or both key and signature, are missing, or an endpoint is no URL; never with a value.
[[nodiscard]] Result<ConnectionString> ParseConnectionString(const Secret& text);

}  // namespace lakeferry::azure
