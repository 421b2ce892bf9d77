// When the live files of a group's tables were last compared with what their epochs say, and what came of it, as a part
// of `lakeferry status`. Pure.
#pragma once

#include <string>
#include <vector>

#include "env/state_store.h"
#include "json/writer.h"

namespace lakeferry {

// "live_sets": one object for each table that was compared.
void WriteLiveSets(json::Writer& json, const std::vector<LiveSetCheck>& checks, TimeMs now);
// A line for each table whose live files differ or could not be compared.
[[nodiscard]] std::string LiveSetText(const std::vector<LiveSetCheck>& checks, TimeMs now);

}  // namespace lakeferry
