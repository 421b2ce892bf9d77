// What `gc` found or deleted, as text and JSON.
#pragma once

#include <string>

#include "daemon/output/group_answer.h"
#include "engine/tend/reclaimer.h"

namespace lakeferry {

[[nodiscard]] std::string ToJson(const GroupAnswers<engine::ReclaimReport>& groups);
[[nodiscard]] std::string ToText(const GroupAnswers<engine::ReclaimReport>& groups);

}  // namespace lakeferry
