#include "plan/cut/cut_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "plan/record/run_ids_text.h"

namespace lakeferry::plan {
namespace {

// So many are kept of a cut: more would say nothing more.
constexpr size_t kUnexplainedMax = 20;

}  // namespace

void CutProof::Note(const VersionRequest& request, const VersionChoice& choice) {
  by_time_ = by_time_ || choice.by_time;
  by_run_id_ = by_run_id_ || choice.by_run_id;
  any_work_ = any_work_ || !request.base || choice.version > *request.base;
  if (!by_runs_ || !cut_.atomic) return;
  for (const CommitFacts& commit : FindUnexplained(request, choice.version, runs_)) {
    const UnexplainedCommit found{.table = request.table, .version = commit.version, .time = commit.time};
    if (unexplained_.size() < kUnexplainedMax) unexplained_.push_back(found);
    if (close_.size() < kUnexplainedMax && FollowsClosely(request, commit)) close_.push_back(found);
  }
}

Result<CutEvidence> CutProof::Finish() const {
  CutEvidence evidence{.kind = EvidenceKind::kSchedule, .margin = margin_, .unexplained = {}};
  if (!cut_.atomic) evidence.kind = EvidenceKind::kForced;
  if (!by_runs_ || !cut_.atomic) return evidence;
  evidence.kind = by_run_id_ && !by_time_ ? EvidenceKind::kRunIds : EvidenceKind::kTimes;
  if (!any_work_ && !unexplained_.empty()) {
    return Fail(
        ErrorCode::kRefused,
        fmt::format("no table has a commit of {} '{}', by its id or by its time, and commits follow that no run "
                    "explains: {}",
                    cut_.run_ids.size() == 1 ? "run" : "the runs", RunIdsText(cut_.run_ids, "', '"),
                    Describe(unexplained_)),
        {},
        "record the run that wrote them; if it was this one, let writers set the run's id in "
        "commitInfo.userMetadata, or set clock_skew_margin to what the clocks differ by");
  }
  evidence.unexplained = close_;
  return evidence;
}

std::vector<UnexplainedCommit> StillUnexplained(const std::vector<UnexplainedCommit>& unexplained,
                                                std::optional<TimeMs> cut_time, const std::vector<Run>& runs,
                                                Millis margin) {
  std::vector<UnexplainedCommit> still;
  for (const UnexplainedCommit& commit : unexplained) {
    // A run that ended with the cut is the one that does not explain it.
    std::vector<Run> others;
    std::ranges::copy_if(runs, std::back_inserter(others),
                         [&](const Run& run) { return !run.end || *run.end > cut_time; });
    if (!IsExplained(commit.time, others, margin)) still.push_back(commit);
  }
  return still;
}

std::string Describe(const std::vector<UnexplainedCommit>& commits) {
  const UnexplainedCommit& first = commits.front();
  std::string text =
      fmt::format("table '{}', version {} at {}", first.table, first.version.value(), FormatUtc(first.time));
  if (commits.size() > 1) text += fmt::format(", and {} more", commits.size() - 1);
  return text;
}

}  // namespace lakeferry::plan
