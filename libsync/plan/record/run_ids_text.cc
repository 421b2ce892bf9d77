#include "plan/record/run_ids_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace lakeferry::plan {

std::string RunIdsText(const std::vector<std::string>& run_ids, std::string_view between) {
  const size_t named = std::min(run_ids.size(), kRunsInText);
  const auto end = run_ids.begin() + static_cast<std::ptrdiff_t>(named);
  std::string text = fmt::format("{}", fmt::join(run_ids.begin(), end, between));
  if (named < run_ids.size()) text += fmt::format("{}and {} more", between, run_ids.size() - named);
  return text;
}

}  // namespace lakeferry::plan
