// What the metadata store holds as JSON documents (docs/json.md, the stable contract) and as text for people. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "env/state_store.h"
#include "plan/group_spec.h"

namespace lakeferry {

struct GroupStatus {
  GroupRecord record;
  std::optional<Millis> lag;         // now minus the cut time of the newest completed epoch; absent before the first
  Millis sync_interval{0};           // as configured; 0 where the group is not configured any more
  std::optional<std::string> alarm;  // why `status --check` complains; absent when it does not
};

struct StatusReport {
  Role role = Role::kSender;
  TimeMs now;
  std::vector<GroupStatus> groups;
};

// Joins configuration and records of one role: each configured group once, in the order of the configuration, one that
// never ran with state "waiting" and no epoch. An alarm is raised for state failed, held or diverged, for a source
// that may have deleted what was not sent, and for a lag above the larger of two sync intervals and force_sync_after.
[[nodiscard]] StatusReport MakeStatus(Role role, TimeMs now, const std::vector<plan::GroupSpec>& groups,
                                      const std::vector<GroupRecord>& records);

// `lakeferry status`.
[[nodiscard]] std::string ToJson(const StatusReport& report);
[[nodiscard]] std::string ToText(const StatusReport& report);

// `lakeferry history`.
struct HistoryReport {
  std::string group;
  Role role = Role::kSender;
  std::vector<EpochRecord> epochs;  // newest first
};
[[nodiscard]] std::string ToJson(const HistoryReport& report);
[[nodiscard]] std::string ToText(const HistoryReport& report);

// `lakeferry runs add`, `list`, `remove`.
struct RunsReport {
  std::string workflow;
  std::vector<Run> runs;
  std::optional<std::vector<RunRemoval>> removed;  // where they were asked for
};
[[nodiscard]] std::string ToJson(const RunsReport& report);
[[nodiscard]] std::string ToText(const RunsReport& report);

}  // namespace lakeferry
