// What a cut rests on, and how clocks compare, as JSON and for people. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cut_evidence.h"
#include "json/writer.h"

namespace lakeferry {

// The fields "evidence", "margin_ms" and "unexplained".
void WriteEvidence(json::Writer& json, const CutEvidence& evidence);

// "run_id", "time ±50ms".
[[nodiscard]] std::string EvidenceText(const CutEvidence& evidence);

// A line for each commit that no run explains; empty for none.
[[nodiscard]] std::string UnexplainedText(const std::string& what, const std::vector<UnexplainedCommit>& commits);

// "3ms ahead", "2s behind", "in step", "not compared".
[[nodiscard]] std::string SkewText(std::optional<Millis> skew);

}  // namespace lakeferry
