// TableScan: what must be known of one source table before a cut can choose its version: commits since the base with
// their times and the runs they name.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "delta/commit_times.h"
#include "engine/log/table_log.h"
#include "plan/cut/run_names.h"
#include "plan/cut/version_choice.h"
#include "plan/document/manifest.h"
#include "plan/group/group_spec.h"
#include "plan/retention/removals.h"

namespace lakeferry::engine {

struct TableScan {
  plan::TableSpec spec;
  std::shared_ptr<TableLog> log;
  delta::LogListing listing;                  // from the base on; whole where there is none
  std::optional<plan::ManifestTable> base;    // the table at the base epoch; absent: the whole table goes over
  bool replay_live_set = false;               // what the base's live files come to is in doubt
  std::vector<delta::CommitTime> file_times;  // raw, ascending
  std::optional<delta::InCommitEra> era;      // from where commits carry their own time
  std::optional<TimeMs> base_time;            // of the base's commit as it is listed now; absent: it carries its own
  std::vector<plan::CommitFacts> facts;       // of the commits that were read, ascending
  std::shared_ptr<const plan::Removals> removals;  // by the commits that were read
  std::optional<plan::Retention> retention;        // of the newest version; absent where it cannot be told

  // The newest version whose time is at or before `at`; absent where there is none after the base.
  [[nodiscard]] std::optional<Version> NewestAtOrBefore(TimeMs at) const;
  // Time of the oldest commit after the base; absent where there is none, or no base.
  [[nodiscard]] std::optional<TimeMs> OldestUnsent() const;
};

// Of files that were live at the base, none has a later modification time. `scan` has a base.
[[nodiscard]] int64_t NewestAtBase(const TableScan& scan);

// Which runs there are, and from when on commits matter where there is no base.
struct ScanScope {
  std::shared_ptr<const plan::RunNames> runs;  // null: none
  TimeMs from;
  std::string group = {};  // whose own replica is no source; empty: not looked at
};

// kDiverged where the source is not the table that the scan's base, which there must be, was cut from.
Task<Status> CheckContinuity(Call call, const TableScan& scan);

// kRefused for a source that is a replica of the group itself. A replica of another group may be replicated onward.
[[nodiscard]] Status CheckNoReplica(const std::map<std::string, delta::Txn>& txns, const std::string& group,
                                    const plan::TableSpec& table);

// Errors: the store's; kNotFound for a missing table; kDiverged where the source is not the table that `base` was cut
// from (recreated, restored, edited); kRefused where its log bears the marker of the group's own replicas; kCorruptLog.
// A base whose commit was cleaned away is dropped with a log line: the whole table then goes over again.
Task<Result<TableScan>> ScanTable(Call call, const Environment& env, plan::TableSpec table,
                                  std::optional<plan::ManifestTable> base, ScanScope scope);

}  // namespace lakeferry::engine
