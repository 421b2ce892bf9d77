#include "engine/run/replicator_snapshot.h"

#include <fmt/format.h>

namespace lakeferry::engine {

namespace {

// Empty where the process does that for no group.
std::string LineOf(Role role, const std::vector<GroupRecord>& groups) {
  int all = 0;
  int failing = 0;
  int held = 0;
  int paused = 0;
  for (const GroupRecord& group : groups) {
    if (group.role != role) continue;
    ++all;
    paused += group.state == GroupState::kPaused ? 1 : 0;
    failing += group.attempts > 0 && group.state != GroupState::kPaused ? 1 : 0;
    held += group.state == GroupState::kHeld ? 1 : 0;
  }
  if (all == 0) return {};
  const std::string line = fmt::format("{}: {} groups, {} failing, {} held", RoleName(role), all, failing, held);
  return paused == 0 ? line : fmt::format("{}, {} paused", line, paused);
}

}  // namespace

std::string StatusLine(const ReplicatorSnapshot& snapshot) {
  if (snapshot.groups.empty()) return "no groups";
  const std::string sender = LineOf(Role::kSender, snapshot.groups);
  const std::string receiver = LineOf(Role::kReceiver, snapshot.groups);
  return sender + (sender.empty() || receiver.empty() ? "" : "; ") + receiver;
}

}  // namespace lakeferry::engine
