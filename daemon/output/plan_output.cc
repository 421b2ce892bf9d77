#include "daemon/output/plan_output.h"

#include <fmt/format.h>

#include "base/saturated.h"
#include "daemon/output/evidence_output.h"
#include "daemon/output/human.h"
#include "daemon/output/lines.h"
#include "daemon/output/text_table.h"
#include "plan/record/run_ids_text.h"

namespace lakeferry {
namespace {

using engine::PlanReport;
using engine::TablePlan;
using Align = TextTable::Align;
using Fit = TextTable::Fit;

void WriteCut(json::Writer& json, const std::optional<engine::CutSummary>& cut) {
  if (!cut) {
    json.Null("cut");
    return;
  }
  json.Object("cut", [&] {
    json.Field("time_ms", cut->time);
    json.Field("run_ids", cut->run_ids);
    json.Field("atomic", cut->atomic);
    WriteEvidence(json, cut->evidence);
  });
}

// Of each table of which the source may lose files before they are copied.
std::string VanishText(const PlanReport& report) {
  std::string text;
  for (const TablePlan& plan : report.tables) {
    if (!plan.files_may_vanish) continue;
    const bool past = *plan.files_may_vanish <= report.time;
    const std::string when = past ? "now" : "in " + HumanAge(*plan.files_may_vanish - report.time);
    text +=
        Wrapped(fmt::format("{}: the source has removed {} of this cut, which may vanish from {} on ({})", plan.table,
                            HumanCount(plan.vanishing_files, "file"), HumanTime(plan.files_may_vanish), when));
  }
  return text;
}

// What the cut rests on, where that is less than the runs' ids in commits.
std::string EvidenceLines(const PlanReport& report) {
  const CutEvidence& evidence = report.cut->evidence;
  std::string text;
  if (evidence.kind == EvidenceKind::kTimes) {
    text = Wrapped(fmt::format("{}: whose commits they are is told by times, which may disagree by {}", report.group,
                               FormatDuration(evidence.margin)));
  }
  return text + UnexplainedText(report.group, evidence.unexplained);
}

std::string PlanText(const PlanReport& report) {
  if (!report.cut) return Wrapped(fmt::format("{}: nothing to do: {}", report.group, report.reason));
  int64_t files = 0;
  int64_t bytes = 0;
  TextTable table({{.title = "TABLE", .fit = Fit::kShorten},
                   {.title = "FROM", .align = Align::kRight},
                   {.title = "TO", .align = Align::kRight},
                   {.title = "FILES", .align = Align::kRight},
                   {.title = "SIZE", .align = Align::kRight}});
  for (const TablePlan& plan : report.tables) {
    files = AddSaturated(files, plan.files);
    bytes = AddSaturated(bytes, plan.bytes);
    table.Add({plan.table, HumanNumber(plan.from_version), std::to_string(plan.to_version.value()),
               std::to_string(plan.files), HumanBytes(plan.bytes)});
  }
  const std::string runs = report.cut->run_ids.empty() ? "" : ", run " + plan::RunIdsText(report.cut->run_ids, ", ");
  return Wrapped(fmt::format("{}: cut at {}, {}{}: {} to send, {}", report.group, HumanTime(report.cut->time),
                             report.cut->atomic ? "atomic" : "NOT atomic", runs, HumanCount(files, "file"),
                             HumanBytes(bytes))) +
         table.ToText() + VanishText(report) + EvidenceLines(report);
}

}  // namespace

std::string ToJson(const GroupAnswers<PlanReport>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const GroupAnswer<PlanReport>& answer) {
    const PlanReport report = ReportOf(answer);
    json.Field("group", answer.group);
    WriteCut(json, report.cut);
    json.Field("reason", report.reason);
    json.Objects("tables", report.tables, [&](const TablePlan& table) {
      json.Field("table", table.table);
      json.Field("from_version", table.from_version);
      json.Field("to_version", table.to_version);
      json.Field("files", table.files);
      json.Field("bytes", table.bytes);
      json.Field("files_may_vanish_ms", table.files_may_vanish);
      json.Field("vanishing_files", table.vanishing_files);
    });
    WriteErrorOf(json, answer);
  });
  return json.FinishLine();
}

std::string ToText(const GroupAnswers<PlanReport>& groups) {
  std::string text;
  for (const GroupAnswer<PlanReport>& answer : groups) {
    text += text.empty() ? "" : "\n";
    text += answer.result ? PlanText(*answer.result) : FailureText(answer.group, answer.result.error());
  }
  return text;
}

}  // namespace lakeferry
