#include "http/service/page_watch.h"

#include <fmt/format.h>

namespace lakeferry {
namespace {

// A filter at the other side may leave a page empty, and several.
constexpr size_t kBarrenPagesMax = 50;

}  // namespace

Status PageWatch::Turn(size_t fresh, const std::string& next) {
  entries_ += fresh;
  barren_ = fresh == 0 ? barren_ + 1 : 0;
  if (entries_ > kListedRunsMax) {
    return Fail(ErrorCode::kRefused, fmt::format("the list has more than {} entries", kListedRunsMax));
  }
  if (next.empty()) return {};
  if (!seen_.insert(next).second) return Fail(ErrorCode::kCorruptData, "its pages go in a circle");
  if (barren_ > kBarrenPagesMax) return Fail(ErrorCode::kCorruptData, "its pages have no end and say nothing new");
  return {};
}

}  // namespace lakeferry
