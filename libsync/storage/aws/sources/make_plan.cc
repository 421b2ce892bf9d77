#include "storage/aws/sources/make_plan.h"

#include <fmt/format.h>

#include <utility>

#include "storage/aws/sources/plan_of_profile.h"

namespace lakeferry::aws {
namespace {

using Found = Result<std::optional<Plan>>;

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) (joined += joined.empty() ? "" : "; ") += text;
  return joined;
}

// One after the other, until one is found; what the others lacked is kept for whoever asks why.
class Steps {
 public:
  // Whether to go on.
  bool Try(Found found, std::string lacking) {
    if (!found || *found) {
      result_ = std::move(found);
      return false;
    }
    lacking_.push_back(std::move(lacking));
    return true;
  }
  [[nodiscard]] Result<Plan> Finish() && {
    if (!result_) {
      return Fail(ErrorCode::kUnauthorized, "no credentials for AWS were found: " + Joined(lacking_), {},
                  "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile in AWS_PROFILE, or run where a role "
                  "is attached");
    }
    if (!*result_) return std::unexpected((*result_).error());
    Plan plan = ***std::move(result_);
    plan.lacking = std::move(lacking_);
    return plan;
  }

 private:
  std::optional<Found> result_;
  std::vector<std::string> lacking_;
};

}  // namespace

Result<Plan> MakePlan(const Environ& environ, const SecretEnviron& secrets, const Profiles& profiles,
                      const AwsSettings& settings) {
  const PlanInputs inputs{.environ = environ, .secrets = secrets, .profiles = profiles};
  const std::string& profile = settings.profile;
  const std::string of_profile = fmt::format("the profile {}", profile);
  Steps steps;
  // As AWS's tools have it, variables count before a profile that a variable names, not before one that a user does.
  const bool variables = !settings.profile_configured;
  (void)((!variables || steps.Try(EnvironmentPlan(inputs), "AWS_ACCESS_KEY_ID is not set")) &&
         steps.Try(RolePlan(inputs, profile), of_profile + " has no role_arn") &&
         (!variables || steps.Try(WebIdentityPlan(inputs), "AWS_WEB_IDENTITY_TOKEN_FILE is not set")) &&
         steps.Try(OwnPlan(inputs, profile), profiles.Has(profile)
                                                 ? of_profile + " has no keys, sso_session or credential_process"
                                                 : of_profile + " is in no file") &&
         steps.Try(ContainerPlan(inputs), "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set") &&
         steps.Try(InstancePlan(inputs), "AWS_EC2_METADATA_DISABLED is true"));
  return std::move(steps).Finish();
}

}  // namespace lakeferry::aws
