#include "plan/record/live_set_check.h"

namespace lakeferry {

std::string_view LiveSetResultName(LiveSetResult result) {
  switch (result) {
    case LiveSetResult::kSame: return "same";
    case LiveSetResult::kDiffers: return "differs";
    case LiveSetResult::kNotChecked: return "not_checked";
  }
  return "not_checked";
}

std::optional<LiveSetResult> ParseLiveSetResult(std::string_view name) {
  for (const LiveSetResult result : {LiveSetResult::kSame, LiveSetResult::kDiffers, LiveSetResult::kNotChecked}) {
    if (LiveSetResultName(result) == name) return result;
  }
  return std::nullopt;
}

}  // namespace lakeferry
