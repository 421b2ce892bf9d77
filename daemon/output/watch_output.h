// What `lakeferry watch` shows where it does not write in place: what has changed, a line a group. Pure.
#pragma once

#include <map>
#include <string>

#include "daemon/output/status_output.h"

namespace lakeferry {

// By group: what people would call a change of it.
using WatchedGroups = std::map<std::string, std::string>;

// Of each group of the report; time that passes by itself is none.
[[nodiscard]] WatchedGroups WatchedOf(const StatusReport& report);

// A line for each group that is not as it was; of all where `before` is empty.
[[nodiscard]] std::string ChangesText(const WatchedGroups& before, const StatusReport& report);

// The text in place of what a terminal of so many rows shows: its first lines, and how many are left out.
[[nodiscard]] std::string InPlace(const std::string& text, size_t rows);

}  // namespace lakeferry
