#include "daemon/config/store_settings.h"

#include <fmt/format.h>

namespace lakeferry {

bool StoreSettings::Fits(const std::string& name, Scheme scheme) const {
  switch (scheme) {
    case Scheme::kS3:
    case Scheme::kS3a: return s3_credentials.contains(name);
    case Scheme::kGs: return gcs_credentials.contains(name);
    case Scheme::kAbfss:
    case Scheme::kWasbs:
    case Scheme::kAz: return azure_credentials.contains(name);
    case Scheme::kFile: return false;
  }
  return false;
}

const StorePrefix* StoreSettings::Find(const Location& location) const {
  const std::string place = location.place();
  const StorePrefix* longest = nullptr;
  for (const StorePrefix& one : prefixes) {
    if (!place.starts_with(one.prefix.place())) continue;
    if (longest == nullptr || one.prefix.place().size() > longest->prefix.place().size()) longest = &one;
  }
  return longest;
}

Result<Origin> EndpointOf(const std::string& url, const StorePrefix* store, const Location& location) {
  LF_TRY(const Url parsed, ParseUrl(url));
  if (parsed.origin.tls || IsLoopback(parsed.origin) || (store != nullptr && store->allow_http)) return parsed.origin;
  return Fail(ErrorCode::kInvalidArgument, "whoever is on the way reads and changes what goes over http://",
              ToString(parsed.origin),
              fmt::format("write https://, or allow_http: true in stores for prefix \"{}://{}/\" if the network is "
                          "yours alone",
                          SchemeName(location.scheme()), location.bucket()));
}

}  // namespace lakeferry
