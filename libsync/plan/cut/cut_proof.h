// CutProof: what the choices of all tables of a cut say together: what the cut rests on, and that it rests on
// something.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cut_evidence.h"
#include "base/result.h"
#include "base/run.h"
#include "base/time.h"
#include "plan/cut/unexplained.h"
#include "plan/group/group_spec.h"

namespace lakeferry::plan {

// What it is given must outlive it.
class CutProof {
 public:
  CutProof(const GroupSpec& spec, const CutCandidate& cut, const std::vector<Run>& runs, Millis margin)
      : by_runs_(!spec.workflows.empty()), cut_(cut), runs_(runs), margin_(margin) {}

  // The choice of one table.
  void Note(const VersionRequest& request, const VersionChoice& choice);
  // kRefused where nothing shows any work of the runs while commits that no run explains follow: these may be it.
  [[nodiscard]] Result<CutEvidence> Finish() const;

 private:
  bool by_runs_;
  const CutCandidate& cut_;
  const std::vector<Run>& runs_;
  Millis margin_;
  bool by_time_ = false;
  bool by_run_id_ = false;
  bool any_work_ = false;                       // of the cut's runs, in any table
  std::vector<UnexplainedCommit> unexplained_;  // after the cut
  std::vector<UnexplainedCommit> close_;        // those that follow it closely
};

// Those of `unexplained`, after a cut at `cut_time`, that none of the runs explains either.
[[nodiscard]] std::vector<UnexplainedCommit> StillUnexplained(const std::vector<UnexplainedCommit>& unexplained,
                                                              std::optional<TimeMs> cut_time,
                                                              const std::vector<Run>& runs, Millis margin);

// What to say of them: "table 't', version 5 at …, and 2 others". There must be one.
[[nodiscard]] std::string Describe(const std::vector<UnexplainedCommit>& commits);

}  // namespace lakeferry::plan
