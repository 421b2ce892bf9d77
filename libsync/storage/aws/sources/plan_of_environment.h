// What of a plan variables decide. Pure.
#pragma once

#include <optional>
#include <string>

#include "storage/aws/sources/plan.h"

namespace lakeferry::aws {

// What every step looks at.
struct PlanInputs {
  const Environ& environ;
  const SecretEnviron& secrets;
  const Profiles& profiles;
};

// Steps 1, 8 and 9, which credential_source names as well; absent where their variables are not set.
[[nodiscard]] Result<std::optional<Plan>> EnvironmentPlan(const PlanInputs& inputs);
[[nodiscard]] Result<std::optional<Plan>> ContainerPlan(const PlanInputs& inputs);
// Absent where AWS_EC2_METADATA_DISABLED says so.
[[nodiscard]] Result<std::optional<Plan>> InstancePlan(const PlanInputs& inputs);
// Step 3, as far as variables say it.
[[nodiscard]] Result<std::optional<Plan>> WebIdentityPlan(const PlanInputs& inputs);

}  // namespace lakeferry::aws
