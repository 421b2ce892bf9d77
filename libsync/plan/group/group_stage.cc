#include "plan/group/group_stage.h"

#include <algorithm>

namespace lakeferry::plan {

using enum GroupStage;

std::string_view GroupStageName(GroupStage stage) {
  switch (stage) {
    case kIdle: return "idle";
    case kCutting: return "cutting";
    case kCopying: return "copying";
    case kPublishing: return "publishing";
    case kReleasing: return "releasing";
    case kRecovering: return "recovering";
    case kIntake: return "intake";
    case kPlacing: return "placing";
    case kCommitting: return "committing";
    case kCloning: return "cloning";
    case kAnswering: return "answering";
    case kFailed: return "failed";
    case kHalted: return "halted";
  }
  return "failed";
}

const std::vector<GroupStage>& AllGroupStages() {
  static const std::vector<GroupStage> all{kIdle,       kCutting, kCopying, kPublishing, kReleasing,
                                           kRecovering, kIntake,  kPlacing, kCommitting, kCloning,
                                           kAnswering,  kFailed,  kHalted};
  return all;
}

std::optional<GroupStage> ParseGroupStage(std::string_view name) {
  const auto it = std::ranges::find_if(AllGroupStages(), [&](GroupStage s) { return GroupStageName(s) == name; });
  if (it == AllGroupStages().end()) return std::nullopt;
  return *it;
}

bool IsLegal(GroupStage from, GroupStage to) {
  if (to == kFailed || to == kHalted) return true;
  switch (from) {
    case kIdle:
    case kFailed:
    case kHalted: return to == kReleasing || to == kRecovering;
    case kReleasing: return to == kCutting || to == kIdle;
    case kCutting: return to == kCopying || to == kIdle;
    case kCopying: return to == kPublishing;
    case kPublishing: return to == kIdle;
    case kRecovering: return to == kIntake || to == kCommitting || to == kCloning || to == kAnswering || to == kIdle;
    case kIntake: return to == kPlacing || to == kAnswering || to == kIdle;
    case kPlacing: return to == kCommitting;
    case kCommitting: return to == kCloning || to == kAnswering;
    case kCloning: return to == kAnswering;
    case kAnswering: return to == kIntake || to == kCloning || to == kIdle;
  }
  return false;
}

}  // namespace lakeferry::plan
