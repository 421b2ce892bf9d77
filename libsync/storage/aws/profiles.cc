#include "storage/aws/profiles.h"

#include <fmt/format.h>

#include <utility>

namespace lakeferry::aws {
namespace {

constexpr std::string_view kDefault = "default";

std::string SectionOf(std::string_view profile) { return fmt::format("profile {}", profile); }

}  // namespace

std::string ExpandHome(std::string_view path, const Environ& environ) {
  if (!path.starts_with("~/")) return std::string(path);
  return fmt::format("{}/{}", environ("HOME").value_or(""), path.substr(2));
}

ProfilePaths PathsOf(const Environ& environ) {
  ProfilePaths paths;
  if (environ("HOME")) {
    paths = {.config = ExpandHome("~/.aws/config", environ),
             .credentials = ExpandHome("~/.aws/credentials", environ),
             .sso_cache = ExpandHome("~/.aws/sso/cache", environ)};
  }
  if (const auto config = environ("AWS_CONFIG_FILE")) paths.config = ExpandHome(*config, environ);
  if (const auto credentials = environ("AWS_SHARED_CREDENTIALS_FILE")) {
    paths.credentials = ExpandHome(*credentials, environ);
  }
  return paths;
}

Result<Profiles> Profiles::Parse(Secret config, Secret credentials, ProfilePaths paths) {
  Profiles profiles;
  LF_TRY(profiles.config_, IniFile::Parse(std::move(config), paths.config));
  LF_TRY(profiles.credentials_, IniFile::Parse(std::move(credentials), paths.credentials));
  profiles.paths_ = std::move(paths);
  return profiles;
}

bool Profiles::Has(std::string_view profile) const {
  return credentials_.Has(profile) || config_.Has(SectionOf(profile)) || (profile == kDefault && config_.Has(kDefault));
}

std::optional<std::string_view> Profiles::Find(std::string_view profile, std::string_view key) const {
  const auto value = FindInCredentials(profile, key);
  return value ? value : FindInConfig(profile, key);
}

std::optional<std::string_view> Profiles::FindInCredentials(std::string_view profile, std::string_view key) const {
  return credentials_.Find(profile, key);
}

std::optional<std::string_view> Profiles::FindInConfig(std::string_view profile, std::string_view key) const {
  const std::string section = SectionOf(profile);
  // [default] and [profile default] are two names of one, of which the longer counts.
  if (profile == kDefault && !config_.Has(section)) return config_.Find(kDefault, key);
  return config_.Find(section, key);
}

std::optional<std::string_view> Profiles::FindInSession(std::string_view session, std::string_view key) const {
  return config_.Find(fmt::format("sso-session {}", session), key);
}

std::optional<std::string_view> Profiles::FindInServices(std::string_view services, std::string_view service,
                                                         std::string_view key) const {
  return config_.Find(fmt::format("services {}", services), service, key);
}

}  // namespace lakeferry::aws
