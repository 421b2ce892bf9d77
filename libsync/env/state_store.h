// StateStore: the metadata store as the engine sees it. It is a cache of what staging, receipts and tables say, and
// what the operator queries; only runs entered by hand live nowhere else. Times are wall-clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "base/run.h"
#include "base/time.h"
#include "plan/record/epoch_record.h"
#include "plan/record/group_record.h"
#include "plan/record/instruction.h"
#include "plan/record/live_set_check.h"
#include "plan/record/notice.h"
#include "plan/record/run_removal.h"

namespace lakeferry {

// What the receiver is about to do to its tables, written before it does: opaque to the store. Empty content erases.
struct JournalEntry {
  std::string group;
  std::string content;
};

// Saved as one transaction: all of it or nothing, durable when Save returns. A record replaces the one with its key
// (role+group, role+group+epoch, workflow+run_id, group, role+group+table, id of a notice).
struct StateChange {
  std::vector<GroupRecord> groups;
  std::vector<EpochRecord> epochs;
  std::vector<Run> runs;
  std::vector<JournalEntry> journals;
  std::vector<RunRemoval> removals = {};  // each takes its run out of the ledger, before `runs` are entered
  std::vector<LiveSetCheck> live_set_checks;
  std::vector<Instruction> instructions = {};  // each is added
  std::vector<Notice> new_notices = {};        // those whose id is on record already are passed over
  std::vector<Notice> notices = {};            // as those on record are now; others are passed over
  std::vector<std::string> gone_notices = {};  // ids
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
  // By group and table, of that group or of all; of tables that were never compared there is none.
  virtual Task<Result<std::vector<LiveSetCheck>>> LiveSetChecks(Call call, Role role,
                                                                std::optional<std::string> group) = 0;
  // Empty where there is none.
  virtual Task<Result<std::string>> Journal(Call call, std::string group) = 0;
  // Runs of the built-in ledger that have not ended or ended at or after `since`; by start time. A
  // workflow nobody ever entered has an empty answer.
  virtual Task<Result<std::vector<Run>>> Runs(Call call, std::string workflow, TimeMs since) = 0;
  // Every removal of a run of the workflow, oldest first.
  virtual Task<Result<std::vector<RunRemoval>>> RemovedRuns(Call call, std::string workflow) = 0;
  // What people told the role to do with the group, newest first, at most `limit`.
  virtual Task<Result<std::vector<Instruction>>> Instructions(Call call, Role role, std::string group,
                                                              int64_t limit) = 0;
  // Of every channel, oldest first; of two of one age by id.
  virtual Task<Result<std::vector<Notice>>> Notices(Call call) = 0;
};

}  // namespace lakeferry
