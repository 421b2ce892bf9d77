#include "daemon/output/runs_output.h"

#include <fmt/format.h>

#include "daemon/config/text_bytes.h"
#include "daemon/output/human.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

void WriteRun(json::Writer& json, const Run& run) {
  json.Field("run_id", run.run_id);
  json.Field("start_ms", run.start);
  json.Field("end_ms", run.end);
  json.Field("end_slack_ms", int64_t{run.end_slack.count()});
  json.Field("state", RunStateName(run.state));
}

std::string RemovedText(const std::vector<RunRemoval>& removed) {
  TextTable table({{"REMOVED"}, {"START"}, {"END"}, {"STATE"}, {"AT"}, {"BY"}, {"WHY"}, {"CUT INTO"}});
  for (const RunRemoval& removal : removed) {
    const Run& run = removal.run;
    table.Add({run.run_id, HumanTime(run.start), HumanTime(run.end), std::string(RunStateName(run.state)),
               HumanTime(removal.removed), removal.by, removal.why,
               removal.cut_into.empty() ? "-" : removal.cut_into + ", which stays as it is"});
  }
  return table.ToText();
}

}  // namespace

std::string ToJson(const RunsReport& report) {
  json::Writer json(json::Texts::kShown);
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
  return json.FinishLine();
}

std::string ToText(const RunsReport& report) {
  const bool any_removed = report.removed && !report.removed->empty();
  if (report.runs.empty() && !any_removed) {
    return OneLine(fmt::format("{}: no runs in the ledger", report.workflow)) + "\n";
  }
  TextTable table({{"RUN"}, {"START"}, {"END"}, {"STATE"}});
  for (const Run& run : report.runs) {
    table.Add({run.run_id, HumanTime(run.start), HumanTime(run.end), std::string(RunStateName(run.state))});
  }
  return (report.runs.empty() ? "" : table.ToText()) + (any_removed ? RemovedText(*report.removed) : "");
}

}  // namespace lakeferry
