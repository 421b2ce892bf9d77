// Plan: where credentials are to come from, as a value. Pure.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "http/origin.h"
#include "storage/aws/credentials.h"
#include "storage/aws/profiles.h"
#include "storage/aws/settings.h"

namespace lakeferry::aws {

struct Plan;

struct FixedKeys {
  Credentials credentials;
};
struct Role {
  std::string arn;
  std::string session_name;
  std::string external_id = {};  // empty: none
  std::optional<int64_t> duration_s = {};
};
struct AssumedRole {
  Role role;
  std::shared_ptr<const Plan> base;  // who assumes it
};
struct WebIdentity {
  Role role;
  std::string token_file;
};
struct SsoRole {
  std::string token_file;
  std::string region;
  std::string account_id;
  std::string role_name;
  std::string login;  // the command that makes the token file
};
struct HelperCommand {
  std::string line;
};
struct ContainerEndpoint {
  Url url;
  std::string token_file = {};  // read at each refresh; empty: none
  Secret token = {};
};
struct InstanceMetadata {
  Origin origin;
};
// Requests are not signed: buckets that are open to all.
struct Nobody {};

struct Plan {
  std::variant<FixedKeys, AssumedRole, WebIdentity, SsoRole, HelperCommand, ContainerEndpoint, InstanceMetadata, Nobody>
      kind;
  std::string from;                       // "the environment variables AWS_ACCESS_KEY_ID and …", for errors
  std::vector<std::string> lacking = {};  // what was looked for before, and not found
};

using SecretEnviron = std::function<Secret(const std::string& name)>;

// kInvalidArgument unless `arn` and session name are what a request may hold.
[[nodiscard]] Result<Role> MakeRole(std::string arn, std::string session_name, std::string where);
// A role on top of any other plan, as a configuration may name one.
[[nodiscard]] Plan WithRole(Plan base, Role role);

}  // namespace lakeferry::aws
