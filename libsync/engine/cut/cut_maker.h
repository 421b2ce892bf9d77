// CutMaker: the group's next cut: an instant, and one version of every table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/run.h"
#include "engine/cut/clock_watch.h"
#include "engine/cut/sender_position.h"
#include "engine/cut/table_scan.h"
#include "engine/group/pass.h"
#include "plan/cut/cut.h"
#include "plan/cut/version_choice.h"
#include "plan/group/group_spec.h"
#include "plan/retention/table_keeping.h"

namespace lakeferry::engine {

// One table of a cut.
struct TableCut {
  TableScan scan;
  Version version;
};

struct GroupCut {
  plan::CutCandidate cut;
  std::vector<TableCut> tables;
  CutEvidence evidence;
};

// What its scan shows of what a source keeps. Absent where the retention is not known. Its cut is not known here.
[[nodiscard]] std::optional<plan::TableKeeping> KeepingIn(const TableScan& scan, delta::ReplicationMode mode);

// What of the candidates makes work for a cut, as it was seen once: whoever sees the same again has nothing new to cut.
struct CutSignal {
  std::vector<Run> runs;         // that ended since the last cut, or have not ended
  std::vector<TimeMs> instants;  // at which they, or a schedule, allow a cut
  bool due = false;              // whether there is any, one of the present moment included
  bool operator==(const CutSignal&) const = default;
};

// No cut is no error: `reason` says why in a person's words. `held` is true when something stands in the way (a run
// that never ended, a table without a version) rather than nothing having happened.
struct CutOutcome {
  std::optional<GroupCut> cut;
  std::string reason;
  bool held = false;
  bool until_run_ends = false;           // what it is held by is a run under way: time may mend it
  std::optional<TimeMs> oldest_unsent;   // end of the oldest successful run after the base, or the instant that is due
  std::optional<TimeMs> newest_success;  // end of the newest successful run that was seen
  // Of the tables' logs; absent where there was no need to read them.
  std::optional<std::vector<plan::TableKeeping>> keeping;
  // Commits after this cut, else after that of the newest epoch, that no run explains.
  std::vector<UnexplainedCommit> unexplained = {};
};

// What a cut goes by beside what there is to cut.
struct CutTerms {
  TimeMs first_seen;  // when this group was first looked at; force_sync_after counts from it before the first cut
  Pace pace = Pace::kAtOnce;
};

// `env`, `spec` and `clocks` must outlive its tasks.
class CutMaker {
 public:
  CutMaker(const Environment& env, const plan::GroupSpec& spec, ClockWatch& clocks)
      : env_(env), spec_(spec), clocks_(clocks) {}

  // The instants that may be cut, newest first, and the runs that say so.
  struct Candidates {
    plan::CutChoice choice;
    std::vector<Run> runs;
    bool of_now = false;  // what is cut is the present moment, whichever it is

    // Whether the choice of versions depends on what runs there are.
    [[nodiscard]] bool runs_decide() const { return !runs.empty() && choice.candidates.front().atomic; }
  };

  // As it is now, without a look at any table. Errors: the workflow source's.
  Task<Result<Candidates>> Find(Call call, const SenderPosition& position, CutTerms terms) const;
  // `found`, which Find has given before any table was read, serves for the first look at the runs. They are looked at
  // again after the tables' logs were read: with a source that knows a run before the run's first commit, no commit of
  // an unknown run can lie in what was read. Errors: the workflow source's and stores'; kDiverged for a source that is
  // not the table the base was cut from; kNotFound for a missing table; kCorruptLog.
  Task<Result<CutOutcome>> Make(Call call, const SenderPosition& position, CutTerms terms, Candidates found) const;

 private:
  [[nodiscard]] Status CheckNames(const std::vector<Run>& runs) const;
  Task<Result<Candidates>> ByRuns(Call call, const SenderPosition& position) const;
  Task<Result<Candidates>> WithClocks(Call call, const SenderPosition& position, CutTerms terms,
                                      Candidates found) const;
  // Takes away what is not to be cut yet.
  void PutOff(const SenderPosition& position, Candidates& found) const;
  Task<Result<std::vector<TableScan>>> ScanAll(Call call, const SenderPosition& position,
                                               const Candidates& found) const;
  Task<Status> ScanOne(Call call, const plan::TableSpec& table, const SenderPosition& position, ScanScope scope,
                       TableScan& slot) const;
  CutOutcome ChooseNewest(const std::vector<TableScan>& scans, const Candidates& found, CutOutcome outcome) const;
  Result<Candidates> BySchedule(std::optional<TimeMs> previous_cut) const;
  [[nodiscard]] plan::VersionRequest RequestFor(const TableScan& scan, const plan::CutCandidate& cut,
                                                const std::vector<Run>& runs) const;
  Result<GroupCut> ChooseAll(const std::vector<TableScan>& scans, const plan::CutCandidate& cut,
                             const std::vector<Run>& runs) const;

  const Environment& env_;
  const plan::GroupSpec& spec_;
  ClockWatch& clocks_;
};

[[nodiscard]] CutSignal SignalOf(const CutMaker::Candidates& found);

}  // namespace lakeferry::engine
