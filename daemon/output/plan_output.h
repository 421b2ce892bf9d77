// What `lakeferry plan` tells of each group, as JSON (docs/json.md, the stable contract) and as text for people. Pure.
#pragma once

#include <string>

#include "daemon/output/group_answer.h"
#include "engine/send/plan_report.h"

namespace lakeferry {

[[nodiscard]] std::string ToJson(const GroupAnswers<engine::PlanReport>& groups);
[[nodiscard]] std::string ToText(const GroupAnswers<engine::PlanReport>& groups);

}  // namespace lakeferry
