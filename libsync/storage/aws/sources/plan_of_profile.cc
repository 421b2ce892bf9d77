#include "storage/aws/sources/plan_of_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/known_secrets.h"
#include "base/sha1.h"

namespace lakeferry::aws {
namespace {

using Found = Result<std::optional<Plan>>;

Found Nothing() { return std::optional<Plan>(); }

std::string KeyOf(std::string_view key, std::string_view profile) {
  return fmt::format("{} of the profile {}", key, profile);
}

std::unexpected<Error> Lacks(std::string_view what, std::string_view profile, std::string_view why) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("the profile {} has no {}", profile, what), KeyOf(what, profile),
              std::string(why));
}

// Good for as long as the process lives: whoever names keys in a file does not replace them every hour.
Secret SecretOf(std::string_view text) {
  const Secret secret = Secret::Filled(text.size(), [text](std::span<char> room) {
    std::ranges::copy(text, room.begin());
    return text.size();
  });
  RememberSecret(secret);
  return secret;
}

using FindKey = std::optional<std::string_view> (Profiles::*)(std::string_view, std::string_view) const;

Found KeysPlan(const Profiles& profiles, const std::string& profile, FindKey find, const std::string& file) {
  const auto id = (profiles.*find)(profile, "aws_access_key_id");
  const auto secret = (profiles.*find)(profile, "aws_secret_access_key");
  if (!id && !secret) return Nothing();
  if (!id || !secret) {
    return Lacks(id ? "aws_secret_access_key" : "aws_access_key_id", profile, fmt::format("write it into {}", file));
  }
  Credentials credentials{.access_key_id = std::string(*id), .secret_key = SecretOf(*secret)};
  auto token = (profiles.*find)(profile, "aws_session_token");
  if (!token) token = (profiles.*find)(profile, "aws_security_token");
  if (token) credentials.session_token = SecretOf(*token);
  return std::optional(Plan{.kind = FixedKeys{.credentials = std::move(credentials)},
                            .from = fmt::format("the keys of the profile {} in {}", profile, file)});
}

bool HasKeys(const Profiles& profiles, const std::string& profile) {
  return profiles.Find(profile, "aws_access_key_id") || profiles.Find(profile, "aws_secret_access_key");
}

bool HasRole(const Profiles& profiles, const std::string& profile) {
  return profiles.Find(profile, "role_arn") && !profiles.Find(profile, "web_identity_token_file");
}

Found WebIdentityOf(const PlanInputs& inputs, const std::string& profile) {
  const auto file = inputs.profiles.Find(profile, "web_identity_token_file");
  if (!file) return Nothing();
  const auto arn = inputs.profiles.Find(profile, "role_arn");
  if (!arn) return Lacks("role_arn", profile, "web_identity_token_file needs the role that it is exchanged for");
  const auto session = inputs.profiles.Find(profile, "role_session_name");
  LF_TRY(Role role,
         MakeRole(std::string(*arn), std::string(session.value_or("lakeferry")), KeyOf("role_arn", profile)));
  return std::optional(
      Plan{.kind = WebIdentity{.role = std::move(role), .token_file = ExpandHome(*file, inputs.environ)},
           .from = fmt::format("the web identity of the profile {}", profile)});
}

Found SsoPlan(const PlanInputs& inputs, const std::string& profile) {
  const Profiles& profiles = inputs.profiles;
  const auto account = profiles.Find(profile, "sso_account_id");
  const auto role = profiles.Find(profile, "sso_role_name");
  if (!account && !role) return Nothing();
  if (!account || !role) {
    return Lacks(account ? "sso_role_name" : "sso_account_id", profile, "`aws configure sso` writes it");
  }
  const auto session = profiles.Find(profile, "sso_session");
  const auto value = [&](std::string_view key) {
    const auto of_session = session ? profiles.FindInSession(*session, key) : std::nullopt;
    return of_session ? of_session : profiles.Find(profile, key);
  };
  const auto url = value("sso_start_url");
  const auto region = value("sso_region");
  if (!url || !region) {
    return Lacks(url ? "sso_region" : "sso_start_url", profile,
                 session ? fmt::format("write it into [sso-session {}]", *session) : "`aws configure sso` writes it");
  }
  LF_TRY_OK(CheckRegion(*region, KeyOf("sso_region", profile)));
  const std::string named = Sha1Hex(session ? *session : *url);
  return std::optional(Plan{.kind = SsoRole{.token_file = fmt::format("{}/{}.json", profiles.paths().sso_cache, named),
                                            .region = std::string(*region),
                                            .account_id = std::string(*account),
                                            .role_name = std::string(*role),
                                            .login = session ? fmt::format("aws sso login --sso-session {}", *session)
                                                             : fmt::format("aws sso login --profile {}", profile)},
                            .from = fmt::format("the single sign-on of the profile {}", profile)});
}

Found HelperPlan(const PlanInputs& inputs, const std::string& profile) {
  const auto line = inputs.profiles.Find(profile, "credential_process");
  if (!line) return Nothing();
  return std::optional(Plan{.kind = HelperCommand{.line = std::string(*line)},
                            .from = fmt::format("credential_process of the profile {}", profile)});
}

Found SourcePlan(const PlanInputs& inputs, std::string_view name, const std::string& profile) {
  Found found = Nothing();
  if (name == "Environment") {
    found = EnvironmentPlan(inputs);
  } else if (name == "EcsContainer") {
    found = ContainerPlan(inputs);
  } else if (name == "Ec2InstanceMetadata") {
    found = InstancePlan(inputs);
  } else {
    return Fail(ErrorCode::kInvalidArgument, "this is no source of credentials", KeyOf("credential_source", profile),
                "write Environment, EcsContainer or Ec2InstanceMetadata");
  }
  if (!found || *found) return found;
  return Fail(ErrorCode::kUnauthorized, fmt::format("there are no credentials at {}", name),
              KeyOf("credential_source", profile), "set its variables, or name another source");
}

// Follows source_profile; `seen` are those that led here.
class RoleChain {
 public:
  explicit RoleChain(const PlanInputs& inputs) : inputs_(inputs) {}

  // NOLINTNEXTLINE(misc-no-recursion): a profile that is met again ends it
  Found Follow(const std::string& profile) {
    seen_.push_back(profile);
    LF_TRY(Role role, RoleOf(profile));
    const auto source = inputs_.profiles.Find(profile, "credential_source");
    const auto next = inputs_.profiles.Find(profile, "source_profile");
    if (source && next) {
      return Fail(ErrorCode::kInvalidArgument, "the role has both a source_profile and a credential_source",
                  KeyOf("role_arn", profile), "keep one of them");
    }
    if (!source && !next) {
      return Lacks("source_profile", profile, "role_arn needs who assumes it: source_profile or credential_source");
    }
    Found base = source ? SourcePlan(inputs_, *source, profile) : BasePlan(std::string(*next), profile);
    if (!base) return base;
    Plan plan = WithRole(**std::move(base), std::move(role));
    plan.from = fmt::format("the role of the profile {}", profile);
    return std::optional(std::move(plan));
  }

 private:
  // NOLINTNEXTLINE(misc-no-recursion)
  Found BasePlan(const std::string& profile, const std::string& by) {
    const Profiles& profiles = inputs_.profiles;
    const std::string where = KeyOf("source_profile", by);
    if (!profiles.Has(profile)) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("the profile {} is in neither file", profile), where,
                  "write it there, or name another");
    }
    const bool met = std::ranges::find(seen_, profile) != seen_.end();
    if (met && (profile != by || !HasKeys(profiles, profile))) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("the profile {} is its own source", profile), where,
                  "name one that has credentials");
    }
    if (HasRole(profiles, profile) && !HasKeys(profiles, profile)) return Follow(profile);
    Found own = OwnPlan(inputs_, profile);
    if (!own || *own) return own;
    return Fail(ErrorCode::kInvalidArgument, fmt::format("the profile {} has no credentials", profile), where,
                "write keys, sso_session, credential_process or a web identity into it");
  }

  Result<Role> RoleOf(const std::string& profile) {
    const Profiles& profiles = inputs_.profiles;
    if (profiles.Find(profile, "mfa_serial")) {
      return Fail(ErrorCode::kInvalidArgument, "the role wants a code from a device, which a service has no hand for",
                  KeyOf("mfa_serial", profile), "give the service a role without mfa_serial");
    }
    const auto session = profiles.Find(profile, "role_session_name");
    LF_TRY(Role role, MakeRole(std::string(profiles.Find(profile, "role_arn").value_or("")),
                               std::string(session.value_or("lakeferry")), KeyOf("role_arn", profile)));
    role.external_id = profiles.Find(profile, "external_id").value_or("");
    if (const auto text = profiles.Find(profile, "duration_seconds")) {
      int64_t seconds = 0;
      const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
      if (error != std::errc() || end != text->data() + text->size() || seconds < 900 || seconds > 43'200) {
        return Fail(ErrorCode::kInvalidArgument, "this is no duration of a role", KeyOf("duration_seconds", profile),
                    "write 900 to 43200");
      }
      role.duration_s = seconds;
    }
    return role;
  }

  const PlanInputs& inputs_;
  std::vector<std::string> seen_;
};

}  // namespace

Result<std::optional<Plan>> RolePlan(const PlanInputs& inputs, const std::string& profile) {
  if (!HasRole(inputs.profiles, profile)) return Nothing();
  return RoleChain(inputs).Follow(profile);
}

Result<std::optional<Plan>> OwnPlan(const PlanInputs& inputs, const std::string& profile) {
  const Profiles& profiles = inputs.profiles;
  for (const auto& step : {WebIdentityOf, SsoPlan}) {
    Found found = step(inputs, profile);
    if (!found || *found) return found;
  }
  Found keys = KeysPlan(profiles, profile, &Profiles::FindInCredentials, profiles.paths().credentials);
  if (!keys || *keys) return keys;
  if (profiles.Find(profile, "login_session")) {
    return Fail(ErrorCode::kInvalidArgument, "credentials of `aws login` are for a person at a terminal",
                KeyOf("login_session", profile), "give the service keys, a role or an instance profile");
  }
  Found helper = HelperPlan(inputs, profile);
  if (!helper || *helper) return helper;
  return KeysPlan(profiles, profile, &Profiles::FindInConfig, profiles.paths().config);
}

}  // namespace lakeferry::aws
