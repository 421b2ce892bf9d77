#include "daemon/output/history_output.h"

#include <fmt/format.h>

#include "base/saturated.h"
#include "daemon/output/evidence_output.h"
#include "daemon/output/human.h"
#include "daemon/output/instruct_output.h"
#include "daemon/output/lines.h"
#include "daemon/output/text_table.h"
#include "json/writer.h"
#include "plan/record/run_ids_text.h"

namespace lakeferry {
namespace {

using Align = TextTable::Align;
using Fit = TextTable::Fit;

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

// Milliseconds count below a second alone.
std::string ShortDuration(Millis took) {
  return took < std::chrono::seconds(1) ? FormatDuration(took) : HumanAge(took);
}

// What "atomic" rests on, or that it is not: "run_id", "time ±50ms", "NO, forced".
std::string BasisText(const EpochRecord& epoch) {
  const CutEvidence& evidence = epoch.evidence;
  std::string text = (epoch.atomic ? "" : "NO, ") + std::string(EvidenceKindName(evidence.kind));
  if (epoch.atomic && evidence.kind == EvidenceKind::kTimes) text += " ±" + ShortDuration(evidence.margin);
  return text;
}

void WriteTornSeconds(json::Writer& json, std::string_view key, std::optional<Millis> duration) {
  if (duration) {
    json.Seconds(key, *duration);
  } else {
    json.Null(key);
  }
}

void WriteHistory(json::Writer& json, const HistoryReport& report) {
  json.Field("group", report.group);
  json.Field("role", RoleName(report.role));
  json.Objects("instructions", report.instructions, [&](const Instruction& said) {
    json.Field("instruction", InstructionName(said.kind));
    json.Field("table", said.table.empty() ? std::nullopt : std::optional(said.table));
    json.Field("by", said.by);
    json.Field("why", said.why);
    json.Field("given_ms", said.given);
  });
  json.Objects("epochs", report.epochs, [&](const EpochRecord& epoch) {
    json.Field("epoch", epoch.epoch);
    json.Field("cut_time_ms", epoch.cut_time);
    json.Field("run_ids", epoch.run_ids);
    json.Field("atomic", epoch.atomic);
    WriteEvidence(json, epoch.evidence);
    json.Field("state", EpochStateName(epoch.state));
    json.Field("files", FilesOf(epoch));
    json.Field("bytes", BytesOf(epoch));
    json.Field("resumed_bytes", epoch.resumed_bytes);
    json.Seconds("seconds", Millis(epoch.worked_ms));
    WriteTornSeconds(json, "torn_seconds", epoch.torn);
    json.Field("started_ms", epoch.started);
    json.Field("ended_ms", epoch.ended);
    json.Field("error", epoch.error.empty() ? std::nullopt : std::optional(epoch.error));
    json.Field("error_kind", epoch.error_kind.empty() ? std::nullopt : std::optional(epoch.error_kind));
    json.Objects("tables", epoch.tables, [&](const TablePosition& table) {
      json.Field("table", table.table);
      json.Field("source_version", table.source_version);
      json.Field("replica_version", table.replica_version);
      json.Field("managed_version", table.managed_version);
      json.Field("files", table.files);
      json.Field("bytes", table.bytes);
      json.Field("files_added", table.files_added);
      json.Field("files_removed", table.files_removed);
    });
  });
}

std::string ResumedText(const std::string& what, const EpochRecord& epoch) {
  if (epoch.resumed_bytes == 0) return {};
  return Wrapped(fmt::format("{}: {} were not sent again: a copy that broke off had sent them", what,
                             HumanBytes(epoch.resumed_bytes)));
}

std::string ErrorText(const EpochRecord& epoch) {
  return epoch.error_kind.empty() ? epoch.error : epoch.error_kind + ": " + epoch.error;
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
    if (!report.epochs.empty()) text += Wrapped(fmt::format("{}, {}", report.group, RoleName(report.role)));
    text += ToText(report);
  }
  return text;
}

std::string ToText(const HistoryReport& report) {
  std::string said;
  for (const Instruction& instruction : report.instructions) said += Wrapped(LineOf(instruction));
  if (report.epochs.empty()) {
    return Wrapped(fmt::format("{}: no epochs yet at the {}", report.group, RoleName(report.role))) + said;
  }
  TextTable table({{.title = "EPOCH", .align = Align::kRight},
                   {.title = "CUT"},
                   {.title = "STATE"},
                   {.title = "ATOMIC BY"},
                   {.title = "FILES", .align = Align::kRight},
                   {.title = "SIZE", .align = Align::kRight},
                   {.title = "TOOK", .align = Align::kRight},
                   {.title = "RUNS", .fit = Fit::kBelow},
                   {.title = "ERROR", .fit = Fit::kBelow}});
  std::string notes;
  for (const EpochRecord& epoch : report.epochs) {
    table.Add({std::to_string(epoch.epoch.value()), HumanTime(epoch.cut_time), std::string(EpochStateName(epoch.state)),
               BasisText(epoch), std::to_string(FilesOf(epoch)), HumanBytes(BytesOf(epoch)),
               ShortDuration(Millis(epoch.worked_ms)),
               epoch.run_ids.empty() ? "-" : plan::RunIdsText(epoch.run_ids, ", "),
               epoch.error.empty() ? "-" : ErrorText(epoch)});
    const std::string what = fmt::format("{}: epoch {}", report.group, epoch.epoch.value());
    notes += UnexplainedText(what, epoch.evidence.unexplained) + ResumedText(what, epoch);
  }
  return table.ToText() + notes + (said.empty() ? "" : "\n") + said;
}

}  // namespace lakeferry
