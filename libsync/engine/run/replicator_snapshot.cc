#include "engine/run/replicator_snapshot.h"

#include <fmt/format.h>

#include <algorithm>

namespace lakeferry::engine {

std::string StatusLine(const ReplicatorSnapshot& snapshot) {
  const auto failing =
      std::ranges::count_if(snapshot.groups, [](const GroupRecord& group) { return group.attempts > 0; });
  const auto held = std::ranges::count(snapshot.groups, GroupState::kHeld, &GroupRecord::state);
  return fmt::format("{}: {} groups, {} failing, {} held", RoleName(snapshot.role), snapshot.groups.size(), failing,
                     held);
}

}  // namespace lakeferry::engine
