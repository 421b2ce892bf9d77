// JSON laid out for people: what it means stays.
#pragma once

#include <string>
#include <string_view>

namespace lakeferry::json {

// `document`, which is JSON without blanks between its tokens, over lines of two blanks a level; without a line end.
// Empty lists and objects stay on their line.
[[nodiscard]] std::string Indented(std::string_view document);

}  // namespace lakeferry::json
