#include "daemon/output/evidence_output.h"

#include <fmt/format.h>

#include "daemon/output/lines.h"
#include "json/writer.h"

namespace lakeferry {

void WriteEvidence(json::Writer& json, const CutEvidence& evidence) {
  json.Field("evidence", EvidenceKindName(evidence.kind));
  json.Field("margin_ms", int64_t{evidence.margin.count()});
  json.Objects("unexplained", evidence.unexplained, [&](const UnexplainedCommit& commit) {
    json.Field("table", commit.table);
    json.Field("version", commit.version);
    json.Field("time_ms", commit.time);
  });
}

std::string UnexplainedText(const std::string& what, const std::vector<UnexplainedCommit>& commits) {
  std::string text;
  for (const UnexplainedCommit& commit : commits) {
    text +=
        Wrapped(fmt::format("WARNING {}: version {} of table {} at {} follows the last run closely, is not in the cut, "
                            "and no run explains it",
                            what, commit.version.value(), commit.table, FormatUtc(commit.time)));
  }
  return text;
}

}  // namespace lakeferry
