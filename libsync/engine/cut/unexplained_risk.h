// What commits that no run explains mean for the group, beside what retention threatens.
#pragma once

#include <vector>

#include "engine/cut/cut_proof.h"
#include "engine/group/group_risk.h"

namespace lakeferry::engine {

// A warning; none for none. `margin`: by which times of commits and of runs may have disagreed.
[[nodiscard]] GroupRisk RiskOf(const std::vector<UnexplainedCommit>& unexplained, Millis margin);

}  // namespace lakeferry::engine
