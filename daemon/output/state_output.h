// What the metadata store holds as JSON documents (docs/json.md, the stable contract) and as text for people. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/output/status_alarm.h"
#include "env/state_store.h"
#include "plan/group/group_spec.h"

namespace lakeferry {

struct GroupStatus {
  GroupRecord record;
  std::optional<Millis> lag;  // age of the replica: now minus the cut time of the newest applied epoch
  GroupJudgement judgement;
  std::vector<LiveSetCheck> live_set_checks = {};  // by table
};

struct StatusReport {
  Role role = Role::kSender;
  TimeMs now;
  std::vector<GroupStatus> groups;
};

// Past epochs of each group, by name, of the role that the report is about.
using PastByGroup = std::map<std::string, plan::PastEpochs>;

// Joins configuration and records of one role: each configured group once, in the order of the configuration, one that
// the role never worked on with state "unknown" and no epoch.
[[nodiscard]] StatusReport MakeStatus(Role role, TimeMs now, const std::vector<plan::GroupSpec>& groups,
                                      const std::vector<GroupRecord>& records, const PastByGroup& past = {});

// What `other`, of a role whose records lie in the same store, alarms and warns of is added to the groups of `report`:
// nobody asked for one role alone.
void AddAlarmsOf(const StatusReport& other, StatusReport& report);

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
// Of every group: {"groups": [the document of each]}.
[[nodiscard]] std::string ToJson(const std::vector<HistoryReport>& groups);
[[nodiscard]] std::string ToText(const std::vector<HistoryReport>& groups);

// `lakeferry runs add`, `list`, `remove`.
struct RunsReport {
  std::string workflow;
  std::vector<Run> runs;
  std::optional<std::vector<RunRemoval>> removed;  // where they were asked for
};
[[nodiscard]] std::string ToJson(const RunsReport& report);
[[nodiscard]] std::string ToText(const RunsReport& report);

}  // namespace lakeferry
