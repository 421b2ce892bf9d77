// StateStore: the metadata store as the engine sees it. It is a cache of what staging, receipts and tables say, and
// what the operator queries; only runs entered by hand live nowhere else. Times are wall-clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/call.h"
#include "async/task.h"
#include "base/cut_evidence.h"
#include "base/group_state.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "env/workflow_source.h"

namespace lakeferry {

enum class Role { kSender, kReceiver };
// "sender", "receiver".
[[nodiscard]] std::string_view RoleName(Role role);

// Where one table stands at one epoch.
struct TablePosition {
  std::string table;
  Version source_version;
  std::string source_table_id;             // metaData.id at the source
  std::string source_commit_sha256;        // of the source's N.json at source_version; empty where it was not read
  std::optional<Version> replica_version;  // receiver only: the replica's own version after the epoch
  std::string live_set = {};               // fingerprint of its live files: the manifest's, receiver: as it found them
  int64_t files = 0;                       // data objects this epoch moved for the table
  int64_t bytes = 0;
  int64_t files_added = 0;  // adds and removes of the cut's net change
  int64_t files_removed = 0;

  bool operator==(const TablePosition&) const = default;
};

enum class EpochState { kStaging, kStaged, kApplying, kApplied, kRefused };
// "staging", "staged", "applying", "applied", "refused".
[[nodiscard]] std::string_view EpochStateName(EpochState state);
[[nodiscard]] std::optional<EpochState> ParseEpochState(std::string_view name);

// One epoch of one group, as one role has seen it.
struct EpochRecord {
  Role role = Role::kSender;
  std::string group;
  Epoch epoch;
  TimeMs cut_time;
  std::vector<std::string> run_ids;
  bool atomic = true;
  EpochState state = EpochState::kStaging;
  std::string manifest_sha256;  // empty before the manifest exists
  TimeMs started;
  std::optional<TimeMs> ended;  // sender: receipt seen; receiver: receipt written
  int64_t worked_ms = 0;        // time this role worked on it
  std::string error;            // why it was refused
  std::vector<TablePosition> tables;
  CutEvidence evidence = {};  // what "atomic" rests on

  bool operator==(const EpochRecord&) const = default;
};

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
  int64_t attempts = 0;    // failed attempts since the last success
  std::string last_error;  // empty when the last attempt succeeded
  std::string last_error_remedy;
  std::optional<TimeMs> failing_since;
  bool failure_notified = false;  // the incident's mail is out
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
  WorkProgress progress;        // of the state staging, applying or restaging
  std::optional<TimeMs> alive;  // when the role last showed that it works on the group; not after every look
  bool by_passes = false;       // passes are started one by one (--once), not by a service
  std::string mail_trouble;  // why the mails of the group cannot be sent; empty where nothing is known to hinder them
  TimeMs created;
  TimeMs updated;

  bool operator==(const GroupRecord&) const = default;
};

// What a comparison of a table's live files with those that its epoch says came to. What could not be compared is never
// the same.
enum class LiveSetResult { kSame, kDiffers, kNotChecked };
// "same", "differs", "not_checked".
[[nodiscard]] std::string_view LiveSetResultName(LiveSetResult result);
[[nodiscard]] std::optional<LiveSetResult> ParseLiveSetResult(std::string_view name);

// The last time that a role replayed a table whole and compared it so.
struct LiveSetCheck {
  Role role = Role::kSender;
  std::string group;
  std::string table;
  Epoch epoch;      // with whose manifest it was compared
  Version version;  // of the source (sender) or the replica (receiver)
  LiveSetResult result = LiveSetResult::kNotChecked;
  std::string reason;  // why it differs, or was not compared
  TimeMs checked;
  int64_t worked_ms = 0;

  bool operator==(const LiveSetCheck&) const = default;
};

// What the receiver is about to do to its tables, written before it does: opaque to the store. Empty content erases.
struct JournalEntry {
  std::string group;
  std::string content;
};

// A run that a person took out of the built-in ledger: kept for good, with who did it and why.
struct RunRemoval {
  Run run;
  std::string by;
  std::string why;
  TimeMs removed;
  std::string cut_into;  // the epochs that were cut from it, for people; empty for none
  bool operator==(const RunRemoval&) const = default;
};

// Saved as one transaction: all of it or nothing, durable when Save returns. A record replaces the one with its key
// (role+group, role+group+epoch, workflow+run_id, group, role+group+table).
struct StateChange {
  std::vector<GroupRecord> groups;
  std::vector<EpochRecord> epochs;
  std::vector<Run> runs;
  std::vector<JournalEntry> journals;
  std::vector<RunRemoval> removals = {};  // each takes its run out of the ledger, before `runs` are entered
  std::vector<LiveSetCheck> live_set_checks;
};

// Errors: kOutOfSpace, kUnavailable (locked by another process for longer than the time limit), kCorruptData (the file
// is no metadata store of ours; the remedy is to move it away: it is rebuilt), kInternal.
class StateStore {
 public:
  virtual ~StateStore() = default;

  virtual Task<Status> Save(Call call, StateChange change) = 0;
  virtual Task<Result<std::optional<GroupRecord>>> Group(Call call, Role role, std::string group) = 0;
  // Every group of every role, by role and name.
  virtual Task<Result<std::vector<GroupRecord>>> Groups(Call call) = 0;
  // Newest first, at most `limit`.
  virtual Task<Result<std::vector<EpochRecord>>> Epochs(Call call, Role role, std::string group, int64_t limit) = 0;
  // By table; of tables that were never compared there is none.
  virtual Task<Result<std::vector<LiveSetCheck>>> LiveSetChecks(Call call, Role role, std::string group) = 0;
  // Empty where there is none.
  virtual Task<Result<std::string>> Journal(Call call, std::string group) = 0;
  // Runs of the built-in ledger that have not ended or ended at or after `since`; by start time. A
  // workflow nobody ever entered has an empty answer.
  virtual Task<Result<std::vector<Run>>> Runs(Call call, std::string workflow, TimeMs since) = 0;
  // Every removal of a run of the workflow, oldest first.
  virtual Task<Result<std::vector<RunRemoval>>> RemovedRuns(Call call, std::string workflow) = 0;
};

}  // namespace lakeferry
