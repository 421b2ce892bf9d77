// Runs as a line of text names them. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lakeferry::plan {

// So many ids stand in a text; the others are counted.
inline constexpr size_t kRunsInText = 50;

// "a,b" with `between` "," ; of more than kRunsInText the first of them, and "and 7 more".
[[nodiscard]] std::string RunIdsText(const std::vector<std::string>& run_ids, std::string_view between);

}  // namespace lakeferry::plan
