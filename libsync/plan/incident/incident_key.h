// What binds the messages about one incident together. Pure.
#pragma once

#include <string>

#include "plan/record/incident.h"

namespace lakeferry::plan {

// The same for the begin of an incident and its end, and for no other: region, role, group, and since when.
[[nodiscard]] std::string KeyOf(const Incident& incident);

}  // namespace lakeferry::plan
