// RunList: runs as a program prints them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/run.h"

namespace lakeferry {

// {"runs": [{"run_id": …, "start": …, "end": …, "state": "running"|"success"|"failed"}]}, as `lakeferry runs list
// --json` prints them too: times in RFC 3339, or as start_ms and end_ms; an end is there unless it is running.
// kNotFound where the document says {"known": false}; kCorruptData for any other text, with what is wrong.
[[nodiscard]] Result<std::vector<Run>> ReadRunList(std::string_view text, const std::string& workflow);

}  // namespace lakeferry
