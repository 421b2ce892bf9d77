// What of a plan one profile decides. Pure.
#pragma once

#include <optional>
#include <string>

#include "storage/aws/sources/plan_of_environment.h"

namespace lakeferry::aws {

// Step 2: absent where the profile has no role_arn, or a web identity for it.
[[nodiscard]] Result<std::optional<Plan>> RolePlan(const PlanInputs& inputs, const std::string& profile);
// Steps 4 to 7, and of step 3 what the profile says: absent where it has none of them.
[[nodiscard]] Result<std::optional<Plan>> OwnPlan(const PlanInputs& inputs, const std::string& profile);

}  // namespace lakeferry::aws
