// What `status` shows, as a JSON document (docs/json.md, the stable contract) and as text for people. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
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
  plan::ByteRate bandwidth_limit = {};             // of its copies at this time, be it the group's or the process's
};

// Whether a process works in the role now: a service, or a command of one pass.
struct RoleProcess {
  std::optional<bool> runs;  // absent: it cannot be told
  std::string number;        // of the process, where one runs
};

// A receiver that notices do not reach.
struct NoticeStatus {
  std::string channel;
  int64_t waiting = 0;  // tried, and to be tried again
  std::optional<TimeMs> waiting_since = {};
  int64_t given_up = 0;
  std::string error = {};  // of the newest attempt
};

// What a process has before it, of all groups.
struct QueueDepths {
  int64_t copies = 0;    // files that wait until others are copied
  int64_t passes = 0;    // that somebody asked for, and that have not ended
  int64_t requests = 0;  // to stores, held back because a service is busy
};

struct StatusReport {
  Role role = Role::kSender;
  TimeMs now;
  RoleProcess process = {};
  std::vector<GroupStatus> groups;
  std::optional<QueueDepths> queues = {};  // known to the process alone
  std::vector<NoticeStatus> notices = {};  // by name; of those that are reached there is none
};

// Past epochs of each group, by name, of the role that the report is about.
using PastByGroup = std::map<std::string, plan::PastEpochs>;

// Joins configuration and records of one role: each configured group once, in the order of the configuration, one that
// the role never worked on with state "unknown" and no epoch, one whose service does not run with state "stopped".
[[nodiscard]] StatusReport MakeStatus(Role role, TimeMs now, const std::vector<plan::GroupSpec>& groups,
                                      const std::vector<GroupRecord>& records, const PastByGroup& past = {},
                                      RoleProcess process = {});

// What `other`, of a role whose records lie in the same store, alarms and warns of is added to the groups of `report`:
// nobody asked for one role alone.
void AddAlarmsOf(const StatusReport& other, StatusReport& report);

// Which receivers do not get what is told them. `notices`: as they are on record.
void AddNotices(const std::vector<Notice>& notices, StatusReport& report);

// Of a group, by its record: files of the work under way that are not there yet, and epochs that are staged and not
// known to be applied.
[[nodiscard]] int64_t FilesWaiting(const GroupRecord& record);
[[nodiscard]] int64_t EpochsWaiting(const GroupRecord& record);

enum class Verdict { kOk, kWarning, kAlarm };
// The worst that is said of any group.
[[nodiscard]] Verdict VerdictOf(const StatusReport& report);
// "ok", "warning", "alarm".
[[nodiscard]] std::string_view VerdictName(Verdict verdict);

// `lakeferry status`.
[[nodiscard]] std::string ToJson(const StatusReport& report);
[[nodiscard]] std::string ToText(const StatusReport& report);

}  // namespace lakeferry
