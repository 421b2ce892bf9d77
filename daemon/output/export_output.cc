#include "daemon/output/export_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/output/lines.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

std::string_view WordsFor(plan::RowStanding standing) {
  switch (standing) {
    case plan::RowStanding::kDue: return "written";
    case plan::RowStanding::kSame: return "is there already";
    case plan::RowStanding::kNewer: return "left alone: a later state is there";
  }
  return {};
}

}  // namespace

std::string ToJson(const ExportReport& report) {
  const engine::StatusExport& done = report.done;
  json::Writer json(json::Texts::kShown);
  json.Field("table_uri", done.table_uri);
  json.Field("version", done.version);
  json.Objects("rows", done.rows, [&json](const engine::ExportedRow& row) {
    json.Field("workspace_name", row.key.workspace);
    json.Field("group_name", row.key.group);
    json.Field("region", row.key.region);
    json.Field("role", RoleName(row.key.role));
    json.Field("outcome", plan::RowOutcomeName(row.standing));
  });
  return json.FinishLine();
}

std::string ToText(const ExportReport& report) {
  const engine::StatusExport& done = report.done;
  std::string text = Wrapped(fmt::format("{}: {}", done.table_uri,
                                         done.version ? fmt::format("version {}", done.version->value()) : "no table"));
  for (const engine::ExportedRow& row : done.rows) {
    text += Wrapped(fmt::format("  {} ({}): {}", row.key.group, RoleName(row.key.role), WordsFor(row.standing)));
  }
  return text;
}

}  // namespace lakeferry
