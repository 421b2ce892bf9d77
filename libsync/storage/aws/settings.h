// AwsSettings: what variables and profile say of how AWS, or a store that speaks like S3, is reached. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/origin.h"
#include "http/proxy_rules.h"
#include "storage/aws/profiles.h"

namespace lakeferry::aws {

struct AwsSettings {
  std::string profile = "default";
  bool profile_configured = false;    // by the configuration, and not by a variable: then it counts before those
  std::optional<std::string> region;  // of lower-case letters, digits and '-': it becomes part of host names
  // Where the services are spoken to, in place of where AWS has them; each parses as a URL.
  std::optional<std::string> endpoint_s3;
  std::optional<std::string> endpoint_sts;
  std::optional<std::string> endpoint_sso;
  std::optional<std::string> ca_bundle;  // a file, in place of the system's certificates
  bool sts_global = false;               // AWS_STS_REGIONAL_ENDPOINTS=legacy
  bool use_fips = false;
  bool use_dualstack = false;

  bool operator==(const AwsSettings&) const = default;
};

// `profile`: one that the configuration names; empty for that of AWS_PROFILE, AWS_DEFAULT_PROFILE, or "default". A
// variable counts before the profile. kInvalidArgument, naming variable or key, for a profile that is in neither file,
// an endpoint that is no URL, a region that is none.
[[nodiscard]] Result<AwsSettings> ReadSettings(const Environ& environ, const Profiles& profiles,
                                               std::string_view profile = {});

// Where a service of AWS is in a region: "https://sts.eu-west-1.amazonaws.com"; `name` with the suffix of its
// partition.
[[nodiscard]] Origin OriginOfService(std::string_view name, std::string_view region);
// kInvalidArgument where it cannot be part of a host's name; `where`: what names it.
[[nodiscard]] Status CheckRegion(std::string_view region, std::string_view where);

}  // namespace lakeferry::aws
