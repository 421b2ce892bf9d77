// What `gc` found or deleted, as text and JSON.
#pragma once

#include <string>
#include <vector>

#include "engine/tend/reclaimer.h"

namespace lakeferry {

[[nodiscard]] std::string ToJson(const std::vector<engine::ReclaimReport>& groups);
[[nodiscard]] std::string ToText(const std::vector<engine::ReclaimReport>& groups);

}  // namespace lakeferry
