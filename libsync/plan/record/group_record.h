// GroupRecord: one group as one role sees it now.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/group_state.h"
#include "base/ids.h"
#include "base/place.h"
#include "base/time.h"
#include "plan/record/role.h"

namespace lakeferry {

// How clocks stand to this machine's, as the sender last compared them, and what follows from it.
struct ClockAccount {
  std::optional<Millis> store_skew;   // the store's less this machine's, the likeliest; absent: not compared
  std::optional<Millis> runs_skew;    // that of the source of runs
  std::optional<Millis> margin;       // in use between times of commits and of runs; absent: none was needed yet
  bool margin_measured = false;       // false: as configured
  std::optional<TimeMs> compared_at;  // when that was
  bool operator==(const ClockAccount&) const = default;
};

// What threatens a group that still works; the number is what the store holds.
enum class Risk { kNone = 0, kWarning = 1, kError = 2 };

// How far the copy under way has come; totals of 0 before one began.
struct WorkProgress {
  int64_t files = 0;
  int64_t files_total = 0;
  int64_t bytes = 0;
  int64_t bytes_total = 0;

  bool operator==(const WorkProgress&) const = default;
};

// That somebody has paused a group.
struct Pause {
  TimeMs since;
  std::string by;
  std::string why;  // may be empty

  bool operator==(const Pause&) const = default;
};

// A table that somebody wants to go over whole.
struct AskedWhole {
  std::string table;
  Epoch staged = {};  // the epoch that brings it; 0: none yet

  bool operator==(const AskedWhole&) const = default;
};

// One group, as one role sees it now: what the sync job's metadata table holds.
struct GroupRecord {
  Role role = Role::kSender;
  std::string group;
  std::string workspace;
  std::vector<std::string> workflows;
  std::vector<std::string> tables;
  bool validated = false;  // configuration and rights proved since they last changed
  GroupState state = GroupState::kUnknown;
  std::string reason;              // why it is in that state
  Epoch epoch;                     // newest that is known to be applied
  std::optional<TimeMs> cut_time;  // of that epoch
  std::optional<TimeMs> last_successful_run_time;
  Epoch staged_epoch;                         // newest staged one that is known here; 0 for none
  std::optional<TimeMs> sync_time_to_region;  // cut time of the newest staged epoch
  std::optional<TimeMs> sync_time_in_region;  // cut time of the newest applied epoch
  std::optional<TimeMs> sync_start;
  std::optional<TimeMs> sync_end;
  int64_t attempts = 0;         // failed attempts since the last success
  std::string last_error;       // empty when the last attempt succeeded
  std::string last_error_kind;  // its ErrorCodeName
  Place last_error_where;       // none where it names no place
  std::string last_error_remedy;
  std::optional<TimeMs> failing_since;
  bool failure_notified = false;  // the incident's mail is out
  bool announced = false;         // the incident's notices are on record
  Risk risk = Risk::kNone;        // sender only
  std::string risk_text;
  std::string risk_remedy;
  Risk risk_notified = Risk::kNone;        // the worst that a mail is out for
  std::optional<TimeMs> files_may_vanish;  // sender only: from then on, of those of the cut that is being copied
  ClockAccount clocks = {};                // sender only
  // The oldest finished work that is not known to be applied: the end of a run, the instant of a schedule, the cut time
  // of an epoch. Not before the group was first looked at. Absent where none waits.
  std::optional<TimeMs> waiting_since;
  std::string restaging;        // why tables are brought whole again; empty where none is
  std::string phase;            // the stage of the pass under way (GroupStageName); empty between passes
  WorkProgress progress;        // of the state staging, applying or restaging
  std::optional<TimeMs> alive;  // when the role last showed that it works on the group; not after every look
  bool by_passes = false;       // passes are started one by one (--once), not by a service
  // Sender only: the id of the owner's mark in staging that this metadata store put there; empty before.
  std::string owner_id;
  std::vector<std::string> relocated = {};  // sender only: sources that somebody said their tables were moved to
  std::string mail_trouble;  // why the mails of the group cannot be sent; empty where nothing is known to hinder them
  std::optional<Pause> paused = {};     // absent: it is not
  std::vector<AskedWhole> resync = {};  // sender only, by table; gone once the epoch that brings it is applied
  // Receiver only. Since when readers may see some tables at an epoch and others before it; absent where they do not.
  std::optional<TimeMs> torn_since = {};
  std::optional<Millis> torn = {};  // of the newest applied epoch, as EpochRecord::torn
  int64_t resumed_bytes = 0;        // as EpochRecord::resumed_bytes, of the copy under way, else of the last one
  TimeMs created;
  TimeMs updated;

  bool operator==(const GroupRecord&) const = default;
};

}  // namespace lakeferry
