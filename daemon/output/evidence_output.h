// What a cut rests on, as JSON and for people. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cut_evidence.h"
#include "json/writer.h"

namespace lakeferry {

// The fields "evidence", "margin_ms" and "unexplained".
void WriteEvidence(json::Writer& json, const CutEvidence& evidence);

// Of each commit that no run explains; empty for none.
[[nodiscard]] std::string UnexplainedText(const std::string& what, const std::vector<UnexplainedCommit>& commits);

}  // namespace lakeferry
