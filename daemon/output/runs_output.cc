#include "daemon/output/runs_output.h"

#include <fmt/format.h>

#include "daemon/output/human.h"
#include "daemon/output/lines.h"
#include "daemon/output/text_table.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

using Align = TextTable::Align;
using Fit = TextTable::Fit;

void WriteRun(json::Writer& json, const Run& run) {
  json.Field("run_id", run.run_id);
  json.Field("start_ms", run.start);
  json.Field("end_ms", run.end);
  json.Field("end_slack_ms", int64_t{run.end_slack.count()});
  json.Field("state", RunStateName(run.state));
}

// How long ago it ended; of one that is running, began.
std::string AgeText(const Run& run, TimeMs now) { return HumanAgo(now - run.end.value_or(run.start)); }

std::string RunsText(const std::vector<Run>& runs, TimeMs now) {
  TextTable table({{.title = "STATE"},
                   {.title = "START"},
                   {.title = "END"},
                   {.title = "AGE", .align = Align::kRight},
                   {.title = "RUN", .fit = Fit::kBelow}});
  for (const Run& run : runs) {
    table.Add({std::string(RunStateName(run.state)), HumanTime(run.start), HumanTime(run.end), AgeText(run, now),
               run.run_id});
  }
  return table.ToText();
}

std::string RemovedText(const std::vector<RunRemoval>& removed) {
  TextTable table({{.title = "REMOVED"},
                   {.title = "STATE"},
                   {.title = "START"},
                   {.title = "END"},
                   {.title = "RUN", .fit = Fit::kBelow},
                   {.title = "BY", .fit = Fit::kBelow},
                   {.title = "WHY", .fit = Fit::kBelow},
                   {.title = "CUT INTO", .fit = Fit::kBelow}});
  for (const RunRemoval& removal : removed) {
    const Run& run = removal.run;
    table.Add({HumanTime(removal.removed), std::string(RunStateName(run.state)), HumanTime(run.start),
               HumanTime(run.end), run.run_id, removal.by, removal.why,
               removal.cut_into.empty() ? "-" : removal.cut_into + ", which stays as it is"});
  }
  return table.ToText();
}

void WriteReport(json::Writer& json, const RunsReport& report) {
  json.Field("workflow", report.workflow);
  json.Objects("runs", report.runs, [&](const Run& run) { WriteRun(json, run); });
  if (report.removed) {
    json.Objects("removed", *report.removed, [&](const RunRemoval& removal) {
      WriteRun(json, removal.run);
      json.Field("by", removal.by);
      json.Field("why", removal.why);
      json.Field("removed_ms", removal.removed);
      json.Field("cut_into", removal.cut_into);
    });
  }
  if (!report.warnings.empty()) json.Field("warnings", report.warnings);
}

}  // namespace

std::string ToJson(const RunsReport& report) {
  json::Writer json(json::Texts::kShown);
  WriteReport(json, report);
  return json.FinishLine();
}

std::string ToJson(const std::vector<RunsReport>& workflows) {
  json::Writer json(json::Texts::kShown);
  json.Objects("workflows", workflows, [&](const RunsReport& report) { WriteReport(json, report); });
  return json.FinishLine();
}

std::string ToText(const RunsReport& report) {
  const bool any_removed = report.removed && !report.removed->empty();
  std::string text;
  if (!report.runs.empty()) text += RunsText(report.runs, report.now);
  if (any_removed) text += RemovedText(*report.removed);
  if (text.empty()) text = Wrapped(fmt::format("{}: no runs in the ledger", report.workflow));
  return text;
}

}  // namespace lakeferry
