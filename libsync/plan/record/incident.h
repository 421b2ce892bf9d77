// Incident: what people should hear of a group: that it fails, is threatened, works again, or has a new epoch. What is
// known of it, and who is to hear; in which words is a matter of each channel (plan/incident/incident_words.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/group_state.h"
#include "base/ids.h"
#include "base/time.h"
#include "plan/record/group_record.h"
#include "plan/record/role.h"

namespace lakeferry {

enum class IncidentKind {
  kFailure,   // the group fails, is held or is late
  kRisk,      // it works, and something threatens it
  kRecovery,  // a failure is over
  kEpoch,     // an epoch was applied
  kDigest,    // what a day has brought, of several groups
  kTest,      // somebody tries whether it arrives
};

// What the epochs brought that one is told of.
struct Brought {
  std::vector<std::string> run_ids = {};
  int64_t files = 0;
  int64_t bytes = 0;
  bool operator==(const Brought&) const = default;
};

// One group of a digest.
struct DigestLine {
  std::string group;
  GroupState state = GroupState::kUnknown;
  int64_t epochs = 0;  // applied within the day
  int64_t files = 0;
  int64_t bytes = 0;
  std::optional<TimeMs> cut_time = {};  // of the newest applied epoch
  bool operator==(const DigestLine&) const = default;
};

struct Incident {
  IncidentKind kind = IncidentKind::kFailure;
  std::string group;
  std::string workspace;
  Role role = Role::kSender;
  std::string region;                        // where the process stands
  std::vector<std::string> to = {};          // the group's addresses for incidents of this kind, each once
  GroupState state = GroupState::kUnknown;   // of a failure
  Risk risk = Risk::kNone;                   // of a risk
  int64_t attempts = 0;                      // failed ones, since the last success
  std::optional<TimeMs> since = {};          // a failure's begin; absent: not known
  std::optional<TimeMs> until = {};          // its end; of a recovery alone
  std::string what = {};                     // what is wrong, or was; with names, paths and ids of anybody
  std::string error_kind = {};               // its ErrorCodeName; empty where it is no error
  std::string remedy = {};                   // may be empty
  Epoch epoch = {};                          // the newest that is known to be applied
  std::optional<TimeMs> cut_time = {};       // of that epoch; absent: there is none
  Brought brought = {};                      // of an epoch
  std::optional<TimeMs> at = {};             // when it was told; absent: not known
  std::optional<Millis> rpo = {};            // the group's, where it is configured
  std::optional<TimeMs> waiting_since = {};  // the oldest finished work that is not known to be applied
  std::vector<DigestLine> digest = {};       // of a digest, which has no group of its own; `since` and `until`: its day

  bool operator==(const Incident&) const = default;
};

}  // namespace lakeferry
