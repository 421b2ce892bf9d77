// Profiles: what AWS's two shared files say, as one. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "http/proxy_rules.h"
#include "storage/aws/ini_file.h"

namespace lakeferry::aws {

// Where the files are: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, else in .aws of HOME. Empty where nothing says so.
struct ProfilePaths {
  std::string config;
  std::string credentials;
  std::string sso_cache;  // the folder of `aws sso login`

  bool operator==(const ProfilePaths&) const = default;
};
[[nodiscard]] ProfilePaths PathsOf(const Environ& environ);
// "~/x" as below HOME.
[[nodiscard]] std::string ExpandHome(std::string_view path, const Environ& environ);

class Profiles {
 public:
  Profiles() = default;
  // Either text may be empty. kInvalidArgument as of IniFile, at the file.
  [[nodiscard]] static Result<Profiles> Parse(Secret config, Secret credentials, ProfilePaths paths);

  [[nodiscard]] bool Has(std::string_view profile) const;
  // The credentials file's word counts before the config file's.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view profile, std::string_view key) const;
  [[nodiscard]] std::optional<std::string_view> FindInCredentials(std::string_view profile, std::string_view key) const;
  [[nodiscard]] std::optional<std::string_view> FindInConfig(std::string_view profile, std::string_view key) const;
  // Of [sso-session NAME]; absent as well where there is no such section.
  [[nodiscard]] std::optional<std::string_view> FindInSession(std::string_view session, std::string_view key) const;
  // Of [services NAME], below the service's name.
  [[nodiscard]] std::optional<std::string_view> FindInServices(std::string_view services, std::string_view service,
                                                               std::string_view key) const;
  [[nodiscard]] const ProfilePaths& paths() const { return paths_; }

 private:
  IniFile config_;
  IniFile credentials_;
  ProfilePaths paths_;
};

}  // namespace lakeferry::aws
