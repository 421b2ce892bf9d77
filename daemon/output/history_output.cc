#include "daemon/output/history_output.h"

#include <fmt/format.h>

#include "base/saturated.h"
#include "daemon/config/text_bytes.h"
#include "daemon/output/evidence_output.h"
#include "daemon/output/human.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

using Align = TextTable::Align;

int64_t FilesOf(const EpochRecord& epoch) {
  int64_t files = 0;
  for (const TablePosition& table : epoch.tables) files = AddSaturated(files, table.files);
  return files;
}

int64_t BytesOf(const EpochRecord& epoch) {
  int64_t bytes = 0;
  for (const TablePosition& table : epoch.tables) bytes = AddSaturated(bytes, table.bytes);
  return bytes;
}

void WriteHistory(json::Writer& json, const HistoryReport& report) {
  json.Field("group", report.group);
  json.Field("role", RoleName(report.role));
  json.Objects("epochs", report.epochs, [&](const EpochRecord& epoch) {
    json.Field("epoch", epoch.epoch);
    json.Field("cut_time_ms", epoch.cut_time);
    json.Field("run_ids", epoch.run_ids);
    json.Field("atomic", epoch.atomic);
    WriteEvidence(json, epoch.evidence);
    json.Field("state", EpochStateName(epoch.state));
    json.Field("files", FilesOf(epoch));
    json.Field("bytes", BytesOf(epoch));
    json.Seconds("seconds", Millis(epoch.worked_ms));
    json.Field("started_ms", epoch.started);
    json.Field("ended_ms", epoch.ended);
    json.Field("error", epoch.error.empty() ? std::nullopt : std::optional(epoch.error));
    json.Objects("tables", epoch.tables, [&](const TablePosition& table) {
      json.Field("table", table.table);
      json.Field("source_version", table.source_version);
      json.Field("replica_version", table.replica_version);
      json.Field("files", table.files);
      json.Field("bytes", table.bytes);
      json.Field("files_added", table.files_added);
      json.Field("files_removed", table.files_removed);
    });
  });
}

}  // namespace

std::string ToJson(const HistoryReport& report) {
  json::Writer json(json::Texts::kShown);
  WriteHistory(json, report);
  return json.FinishLine();
}

std::string ToJson(const std::vector<HistoryReport>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const HistoryReport& report) { WriteHistory(json, report); });
  return json.FinishLine();
}

std::string ToText(const std::vector<HistoryReport>& groups) {
  std::string text;
  for (const HistoryReport& report : groups) {
    text += text.empty() ? "" : "\n";
    if (!report.epochs.empty()) text += OneLine(fmt::format("{}, {}", report.group, RoleName(report.role))) + "\n";
    text += ToText(report);
  }
  return text;
}

std::string ToText(const HistoryReport& report) {
  if (report.epochs.empty()) {
    return OneLine(fmt::format("{}: no epochs yet at the {}", report.group, RoleName(report.role))) + "\n";
  }
  TextTable table({{"EPOCH", Align::kRight},
                   {"CUT"},
                   {"STATE"},
                   {"ATOMIC"},
                   {"BY"},
                   {"FILES", Align::kRight},
                   {"SIZE", Align::kRight},
                   {"TOOK", Align::kRight},
                   {"RUNS"},
                   {"ERROR"}});
  std::string warnings;
  for (const EpochRecord& epoch : report.epochs) {
    table.Add({std::to_string(epoch.epoch.value()), HumanTime(epoch.cut_time), std::string(EpochStateName(epoch.state)),
               epoch.atomic ? "yes" : "NO", EvidenceText(epoch.evidence), std::to_string(FilesOf(epoch)),
               HumanBytes(BytesOf(epoch)), FormatDuration(Millis(epoch.worked_ms)), HumanList(epoch.run_ids),
               epoch.error.empty() ? "-" : epoch.error});
    const std::string what = fmt::format("{}: epoch {}", report.group, epoch.epoch.value());
    warnings += UnexplainedText(what, epoch.evidence.unexplained);
  }
  return table.ToText() + warnings;
}

}  // namespace lakeferry
