#include "daemon/output/reclaim_output.h"

#include <fmt/format.h>

#include "daemon/config/text_bytes.h"
#include "daemon/output/human.h"
#include "json/writer.h"

namespace lakeferry {

std::string ToJson(const std::vector<engine::ReclaimReport>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const engine::ReclaimReport& report) {
    json.Field("group", report.group);
    json.Field("deleted", report.removed);
    json.Field("readable_from_ms", report.readable_from);
    json.Objects("tables", report.tables, [&](const engine::ReclaimedTable& table) {
      json.Field("table", table.table);
      json.Field("oldest_readable_version", table.oldest_readable);
      json.Field("files", table.files);
      json.Field("bytes", table.bytes);
      json.Field("young_files", table.young_files);
      json.Field("skipped", table.skipped);
      json.Field("links", table.links);
    });
  });
  return json.FinishLine();
}

std::string ToText(const std::vector<engine::ReclaimReport>& groups) {
  std::string text;
  for (const engine::ReclaimReport& report : groups) {
    for (const engine::ReclaimedTable& table : report.tables) {
      const std::string_view done = report.removed ? "deleted" : "would be deleted (--delete)";
      const std::string_view beyond = report.removed ? "can be read" : "could still be read";
      text += OneLine(fmt::format("{}/{}: {}, {}, {}; from version {} on every version {}", report.group, table.table,
                                  HumanCount(table.files, "file"), HumanBytes(table.bytes), done,
                                  table.oldest_readable.value(), beyond)) +
              "\n";
      if (table.young_files > 0) {
        text += fmt::format("  {} spared: younger than a day\n", HumanCount(table.young_files, "file"));
      }
      for (const std::string& folder : table.skipped) {
        text += OneLine(fmt::format("  left alone: {}, a table of its own", folder)) + "\n";
      }
      for (const std::string& link : table.links) {
        text += OneLine(fmt::format("  left alone: {}, a link, which is not followed", link)) + "\n";
      }
    }
  }
  return text;
}

}  // namespace lakeferry
