// Stages of one pass over a group, of either role, and which may follow which. PROTOCOL.md section 4 explains each and
// holds the same table; group_stage_test compares the two. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace lakeferry::plan {

enum class GroupStage {
  kIdle,        // nothing to do until the next poll
  kCutting,     // sender: polls runs, chooses the cut and its versions
  kCopying,     // sender: data files to staging
  kPublishing,  // sender: parts, then the manifest
  kReleasing,   // sender: receipts in, released data deleted
  kRecovering,  // receiver: rolls a journaled epoch forward
  kIntake,      // receiver: reads the next manifest, checks chain, tables and features
  kPlacing,     // receiver: verifies and places data files
  kCommitting,  // receiver: writes logs, after the journal
  kCloning,     // receiver: has managed tables made of the replicas
  kAnswering,   // receiver: receipt
  kFailed,      // waits for its next attempt
  kHalted,      // a person must act first
};

[[nodiscard]] std::string_view GroupStageName(GroupStage stage);
[[nodiscard]] std::optional<GroupStage> ParseGroupStage(std::string_view name);
[[nodiscard]] const std::vector<GroupStage>& AllGroupStages();

// True iff a group may move from `from` to `to` in one step.
[[nodiscard]] bool IsLegal(GroupStage from, GroupStage to);

}  // namespace lakeferry::plan
