// CutEvidence: what says that the work of a cut's runs is in it and nobody else's. It goes with the epoch, so that
// people see what "atomic" rests on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace lakeferry {

enum class EvidenceKind {
  kRunIds,    // commits name their run, in every table that has changed
  kTimes,     // in one table at least, times of commits and of runs were compared
  kSchedule,  // no runs: all tables as of one instant
  kForced,    // none: the cut was due
};
// "run_id", "time", "schedule", "forced".
[[nodiscard]] std::string_view EvidenceKindName(EvidenceKind kind);
[[nodiscard]] std::optional<EvidenceKind> ParseEvidenceKind(std::string_view name);

// A commit that changes data, follows the end of the cut's last run closely, is not in the cut, and that no known run
// explains.
struct UnexplainedCommit {
  std::string table;
  Version version;
  TimeMs time;
  bool operator==(const UnexplainedCommit&) const = default;
};

struct CutEvidence {
  EvidenceKind kind = EvidenceKind::kTimes;
  Millis margin{0};  // by which times of commits and of runs may have disagreed
  std::vector<UnexplainedCommit> unexplained;
  bool operator==(const CutEvidence&) const = default;
};

}  // namespace lakeferry
