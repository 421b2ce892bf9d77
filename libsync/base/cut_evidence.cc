#include "base/cut_evidence.h"

namespace lakeferry {

std::string_view EvidenceKindName(EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::kRunIds: return "run_id";
    case EvidenceKind::kTimes: return "time";
    case EvidenceKind::kSchedule: return "schedule";
    case EvidenceKind::kForced: return "forced";
  }
  return "time";
}

std::optional<EvidenceKind> ParseEvidenceKind(std::string_view name) {
  for (const EvidenceKind kind :
       {EvidenceKind::kRunIds, EvidenceKind::kTimes, EvidenceKind::kSchedule, EvidenceKind::kForced}) {
    if (EvidenceKindName(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace lakeferry
