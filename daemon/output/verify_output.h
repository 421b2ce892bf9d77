// What `lakeferry verify` found of each group, as JSON (docs/json.md, the stable contract) and as text for people.
// Pure.
#pragma once

#include <string>

#include "daemon/output/group_answer.h"
#include "engine/inquire/verifier.h"

namespace lakeferry {

// A replica is whole where it is what its newest epoch says, and in sync where nothing newer is staged as well.
[[nodiscard]] std::string ToJson(const GroupAnswers<engine::VerifyReport>& groups);
[[nodiscard]] std::string ToText(const GroupAnswers<engine::VerifyReport>& groups);

}  // namespace lakeferry
