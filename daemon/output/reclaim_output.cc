#include "daemon/output/reclaim_output.h"

#include <fmt/format.h>

#include "daemon/output/human.h"
#include "daemon/output/lines.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

std::string TableText(const engine::ReclaimReport& report, const engine::ReclaimedTable& table) {
  const std::string_view done = report.removed ? "deleted" : "would be deleted (--delete)";
  const std::string_view beyond = report.removed ? "can be read" : "could still be read";
  std::string text = Wrapped(fmt::format("{}/{}: {}, {}, {}; from version {} on every version {}", report.group,
                                         table.table, HumanCount(table.files, "file"), HumanBytes(table.bytes), done,
                                         table.oldest_readable.value(), beyond));
  if (table.young_files > 0) {
    text += Wrapped(fmt::format("{} spared: younger than a day", HumanCount(table.young_files, "file")), 2);
  }
  for (const std::string& folder : table.skipped) {
    text += Wrapped(fmt::format("left alone: {}, a table of its own", folder), 2);
  }
  for (const std::string& link : table.links) {
    text += Wrapped(fmt::format("left alone: {}, a link, which is not followed", link), 2);
  }
  return text;
}

}  // namespace

std::string ToJson(const GroupAnswers<engine::ReclaimReport>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const GroupAnswer<engine::ReclaimReport>& answer) {
    const engine::ReclaimReport report = ReportOf(answer);
    json.Field("group", answer.group);
    json.Field("deleted", report.removed);
    json.Field("readable_from_ms", WhereKnown(answer, report.readable_from));
    json.Objects("tables", report.tables, [&](const engine::ReclaimedTable& table) {
      json.Field("table", table.table);
      json.Field("oldest_readable_version", table.oldest_readable);
      json.Field("files", table.files);
      json.Field("bytes", table.bytes);
      json.Field("young_files", table.young_files);
      json.Field("skipped", table.skipped);
      json.Field("links", table.links);
    });
    WriteErrorOf(json, answer);
  });
  return json.FinishLine();
}

std::string ToText(const GroupAnswers<engine::ReclaimReport>& groups) {
  std::string text;
  for (const GroupAnswer<engine::ReclaimReport>& answer : groups) {
    if (!answer.result) {
      text += FailureText(answer.group, answer.result.error());
      continue;
    }
    for (const engine::ReclaimedTable& table : answer.result->tables) text += TableText(*answer.result, table);
  }
  return text;
}

}  // namespace lakeferry
