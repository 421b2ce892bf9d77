#include "storage/aws/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace lakeferry::aws {
namespace {

// A text and what told it.
struct Told {
  std::string text;
  std::string where;
};

// One look into variables and profile.
class Lookup {
 public:
  Lookup(const Environ& environ, const Profiles& profiles, std::string_view profile)
      : environ_(environ), profiles_(profiles), profile_(profile) {}

  [[nodiscard]] std::optional<Told> Variable(const std::string& name) const {
    auto value = environ_(name);
    if (!value || value->empty()) return std::nullopt;
    return Told{.text = *std::move(value), .where = name};
  }
  [[nodiscard]] std::optional<Told> Key(std::string_view key) const {
    const auto value = profiles_.Find(profile_, key);
    if (!value) return std::nullopt;
    return Told{.text = std::string(*value), .where = fmt::format("{} of the profile {}", key, profile_)};
  }
  [[nodiscard]] std::optional<Told> Either(const std::string& variable, std::string_view key) const {
    auto told = Variable(variable);
    return told ? told : Key(key);
  }
  [[nodiscard]] bool Truth(const std::string& variable, std::string_view key) const {
    const auto told = Either(variable, key);
    return told &&
           std::ranges::equal(told->text, std::string_view("true"), [](char a, char b) { return (a | 0x20) == b; });
  }
  // The service's own word before that for all, and a variable's before the file's.
  [[nodiscard]] Result<std::optional<std::string>> Endpoint(const std::string& variable,
                                                            std::string_view service) const {
    if (Truth("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")) {
      return std::optional<std::string>();
    }
    auto told = Variable("AWS_ENDPOINT_URL_" + variable);
    if (!told) told = Variable("AWS_ENDPOINT_URL");
    if (!told) told = OfServices(service);
    if (!told) told = Key("endpoint_url");
    if (!told) return std::optional<std::string>();
    if (auto url = ParseUrl(told->text); !url) return FailAt(std::move(url).error(), told->where);
    return std::optional(told->text);
  }

 private:
  [[nodiscard]] std::optional<Told> OfServices(std::string_view service) const {
    const auto services = profiles_.Find(profile_, "services");
    if (!services) return std::nullopt;
    const auto url = profiles_.FindInServices(*services, service, "endpoint_url");
    if (!url) return std::nullopt;
    return Told{.text = std::string(*url),
                .where = fmt::format("endpoint_url of {} in services {}", service, *services)};
  }

  const Environ& environ_;
  const Profiles& profiles_;
  std::string_view profile_;
};

std::unexpected<Error> NoProfile(const AwsSettings& settings, const Profiles& profiles) {
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("the profile {} is neither in {} nor in {}", settings.profile,
                          profiles.paths().config.empty() ? "a config file" : profiles.paths().config,
                          profiles.paths().credentials.empty() ? "a credentials file" : profiles.paths().credentials),
              "AWS_PROFILE", "write it there, or name another: `aws configure list-profiles` shows them");
}

Result<std::optional<std::string>> RegionOf(const Lookup& lookup) {
  auto told = lookup.Variable("AWS_REGION");
  if (!told) told = lookup.Either("AWS_DEFAULT_REGION", "region");
  if (!told) return std::optional<std::string>();
  LF_TRY_OK(CheckRegion(told->text, told->where));
  return std::optional(std::move(told->text));
}

std::string_view SuffixOf(std::string_view region) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSuffixes{{{"cn-", "amazonaws.com.cn"},
                                                                                    {"us-iso-", "c2s.ic.gov"},
                                                                                    {"us-isob-", "sc2s.sgov.gov"},
                                                                                    {"us-isof-", "csp.hci.ic.gov"},
                                                                                    {"eu-isoe-", "cloud.adc-e.uk"},
                                                                                    {"eusc-", "amazonaws.eu"}}};
  for (const auto& [prefix, suffix] : kSuffixes) {
    if (region.starts_with(prefix)) return suffix;
  }
  return "amazonaws.com";
}

}  // namespace

Status CheckRegion(std::string_view region, std::string_view where) {
  const bool good = !region.empty() && region.size() <= 63 && std::ranges::all_of(region, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (good) return {};
  return Fail(ErrorCode::kInvalidArgument, "this is no name of a region", std::string(where),
              "write it as in eu-west-1: lower-case letters, digits and '-'");
}

Origin OriginOfService(std::string_view name, std::string_view region) {
  return {.tls = true, .host = fmt::format("{}.{}.{}", name, region, SuffixOf(region)), .port = 443};
}

Result<AwsSettings> ReadSettings(const Environ& environ, const Profiles& profiles, std::string_view profile) {
  AwsSettings settings;
  auto named = environ("AWS_PROFILE");
  if (!named || named->empty()) named = environ("AWS_DEFAULT_PROFILE");
  if (!profile.empty()) named = std::string(profile);
  const bool is_named = named && !named->empty();
  if (is_named) settings.profile = *std::move(named);
  if (is_named && !profiles.Has(settings.profile)) return NoProfile(settings, profiles);
  settings.profile_configured = !profile.empty();

  const Lookup lookup(environ, profiles, settings.profile);
  LF_TRY(settings.region, RegionOf(lookup));
  LF_TRY(settings.endpoint_s3, lookup.Endpoint("S3", "s3"));
  LF_TRY(settings.endpoint_sts, lookup.Endpoint("STS", "sts"));
  LF_TRY(settings.endpoint_sso, lookup.Endpoint("SSO", "sso"));
  if (auto bundle = lookup.Either("AWS_CA_BUNDLE", "ca_bundle")) {
    settings.ca_bundle = ExpandHome(bundle->text, environ);
  }
  const auto sts = lookup.Either("AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints");
  settings.sts_global = sts && sts->text == "legacy";
  settings.use_fips = lookup.Truth("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
  settings.use_dualstack = lookup.Truth("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
  return settings;
}

}  // namespace lakeferry::aws
