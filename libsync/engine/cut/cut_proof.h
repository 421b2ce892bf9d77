// CutProof: what the choices of all tables of a cut say together: what the cut rests on, and that it rests on
// something.
#pragma once

#include <vector>

#include "base/cut_evidence.h"
#include "engine/cut/sender_position.h"
#include "plan/group_spec.h"
#include "plan/unexplained.h"

namespace lakeferry::engine {

// What it is given must outlive it.
class CutProof {
 public:
  CutProof(const plan::GroupSpec& spec, const plan::CutCandidate& cut, const std::vector<Run>& runs, Millis margin)
      : by_runs_(!spec.workflows.empty()), cut_(cut), runs_(runs), margin_(margin) {}

  // The choice of one table.
  void Note(const plan::VersionRequest& request, const plan::VersionChoice& choice);
  // kRefused where nothing shows any work of the runs while commits that no run explains follow: these may be it.
  [[nodiscard]] Result<CutEvidence> Finish() const;

 private:
  bool by_runs_;
  const plan::CutCandidate& cut_;
  const std::vector<Run>& runs_;
  Millis margin_;
  bool by_time_ = false;
  bool by_run_id_ = false;
  bool any_work_ = false;                       // of the cut's runs, in any table
  std::vector<UnexplainedCommit> unexplained_;  // after the cut
  std::vector<UnexplainedCommit> close_;        // those that follow it closely
};

// Of the commits that the newest epoch said were unexplained, those that are still.
[[nodiscard]] std::vector<UnexplainedCommit> StillUnexplained(const SenderPosition& position,
                                                              const std::vector<Run>& runs, Millis margin);

// What to say of them: "table 't', version 5 at …, and 2 others". There must be one.
[[nodiscard]] std::string Describe(const std::vector<UnexplainedCommit>& commits);

}  // namespace lakeferry::engine
