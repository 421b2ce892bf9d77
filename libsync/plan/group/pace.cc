#include "plan/group/pace.h"

#include <algorithm>

namespace lakeferry::plan {
namespace {

constexpr Millis kLookEveryMax = std::chrono::minutes(5);

}  // namespace

Millis LookEvery(const GroupSpec& spec) { return std::min(spec.sync_interval, kLookEveryMax); }

std::optional<TimeMs> NextCutNotBefore(const GroupSpec& spec, std::optional<TimeMs> last_cut) {
  if (!last_cut || spec.workflows.empty()) return std::nullopt;
  return *last_cut + spec.sync_interval;
}

}  // namespace lakeferry::plan
