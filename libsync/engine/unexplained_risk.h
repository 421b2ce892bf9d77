// What commits that no run explains mean for the group, beside what retention threatens.
#pragma once

#include <vector>

#include "engine/cut_proof.h"
#include "engine/retention_watch.h"

namespace lakeferry::engine {

// A warning; none for none. `margin`: by which times of commits and of runs may have disagreed.
[[nodiscard]] RetentionRisk RiskOf(const std::vector<UnexplainedCommit>& unexplained, Millis margin);

// The worse of both, and both texts where they are alike.
[[nodiscard]] RetentionRisk Worse(RetentionRisk a, RetentionRisk b);

}  // namespace lakeferry::engine
