#include "daemon/output/report_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/saturated.h"
#include "daemon/config/text_bytes.h"
#include "daemon/output/evidence_output.h"
#include "daemon/output/human.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

using engine::PlanReport;
using engine::TablePlan;
using engine::TableVersions;
using engine::VerifyProblem;
using engine::VerifyReport;
using engine::VersionsReport;
using plan::Finding;
using plan::Severity;
using Align = TextTable::Align;

// Of an error of a command: all problems of a configuration are one message, of many lines.
constexpr size_t kMessageBytesMax = size_t{64} << 10;

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

// A line for each table of which the source may lose files before they are copied.
std::string VanishText(const PlanReport& report) {
  std::string text;
  for (const TablePlan& plan : report.tables) {
    if (!plan.files_may_vanish) continue;
    const bool past = *plan.files_may_vanish <= report.time;
    const std::string when = past ? "now" : "in " + HumanAge(*plan.files_may_vanish - report.time);
    text +=
        OneLine(fmt::format("{}: the source has removed {} of this cut, which may vanish from {} on ({})", plan.table,
                            HumanCount(plan.vanishing_files, "file"), HumanTime(plan.files_may_vanish), when)) +
        "\n";
  }
  return text;
}

// What the cut rests on, where that is less than the runs' ids in commits.
std::string EvidenceLines(const PlanReport& report) {
  const CutEvidence& evidence = report.cut->evidence;
  std::string text;
  if (evidence.kind == EvidenceKind::kTimes) {
    text = OneLine(fmt::format("{}: whose commits they are is told by times, which may disagree by {}", report.group,
                               FormatDuration(evidence.margin))) +
           "\n";
  }
  return text + UnexplainedText(report.group, evidence.unexplained);
}

std::string PlanText(const PlanReport& report) {
  if (!report.cut) return OneLine(fmt::format("{}: nothing to do: {}", report.group, report.reason)) + "\n";
  int64_t files = 0;
  int64_t bytes = 0;
  TextTable table(
      {{"TABLE"}, {"FROM", Align::kRight}, {"TO", Align::kRight}, {"FILES", Align::kRight}, {"SIZE", Align::kRight}});
  for (const TablePlan& plan : report.tables) {
    files = AddSaturated(files, plan.files);
    bytes = AddSaturated(bytes, plan.bytes);
    table.Add({plan.table, HumanNumber(plan.from_version), std::to_string(plan.to_version.value()),
               std::to_string(plan.files), HumanBytes(plan.bytes)});
  }
  const std::string runs = report.cut->run_ids.empty() ? "" : ", run " + HumanList(report.cut->run_ids);
  const std::string head =
      fmt::format("{}: cut at {}, {}{}: {} to send, {}", report.group, HumanTime(report.cut->time),
                  report.cut->atomic ? "atomic" : "NOT atomic", runs, HumanCount(files, "file"), HumanBytes(bytes));
  return OneLine(head) + "\n" + table.ToText() + VanishText(report) + EvidenceLines(report);
}

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kInfo: return "info";
  }
  return "error";
}

void SortBySeverity(std::vector<Finding>& findings) {
  std::vector<Finding> sorted;
  for (const Severity severity : {Severity::kError, Severity::kWarning, Severity::kInfo}) {
    for (const Finding& finding : findings) {
      if (finding.severity == severity) sorted.push_back(finding);
    }
  }
  findings = std::move(sorted);
}

std::string SourceText(const VerifyReport& report) {
  const auto tables = static_cast<int64_t>(report.tables.size());
  const auto same = std::ranges::count(report.tables, LiveSetResult::kSame, &engine::LiveSetVerdict::result);
  if (report.ok) {
    return fmt::format("{}: the source holds what epoch {} says: {} compared", report.group, report.epoch.value(),
                       HumanCount(tables, "table"));
  }
  return fmt::format("{}: the source is NOT known to hold what epoch {} says: {} of {} the same", report.group,
                     report.epoch.value(), same, HumanCount(tables, "table"));
}

std::string VerifyText(const VerifyReport& report) {
  const auto problems = static_cast<int64_t>(report.problems.size());
  std::string text = report.of_source ? SourceText(report)
                     : report.ok
                         ? fmt::format("{}: epoch {} is in sync: {}, {} checked", report.group, report.epoch.value(),
                                       HumanCount(report.files_checked, "file"), HumanBytes(report.bytes_checked))
                         : fmt::format("{}: epoch {} is NOT in sync: {}; {}, {} checked", report.group,
                                       report.epoch.value(), HumanCount(problems, "problem"),
                                       HumanCount(report.files_checked, "file"), HumanBytes(report.bytes_checked));
  text = OneLine(text) + "\n";
  if (report.problems.empty()) return text;
  TextTable table({{"TABLE"}, {"PATH"}, {"PROBLEM"}});
  for (const VerifyProblem& problem : report.problems) table.Add({problem.table, problem.path, problem.problem});
  return text + table.ToText();
}

}  // namespace

std::string ToJson(const std::vector<PlanReport>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const PlanReport& report) {
    json.Field("group", report.group);
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
  });
  return json.FinishLine();
}

std::string ToText(const std::vector<PlanReport>& groups) {
  std::string text;
  for (const PlanReport& report : groups) text += (text.empty() ? "" : "\n") + PlanText(report);
  return text;
}

std::string ToJson(const std::vector<VersionsReport>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const VersionsReport& report) {
    json.Field("group", report.group);
    json.Objects("tables", report.tables, [&](const TableVersions& table) {
      json.Field("table", table.table);
      json.Field("source_version", table.source_version);
      json.Field("staged_version", table.staged_version);
      json.Field("applied_version", table.applied_version);
      json.Field("replica_version", table.replica_version);
      json.Field("unreachable", table.unreachable);
    });
  });
  return json.FinishLine();
}

std::string ToText(const std::vector<VersionsReport>& groups) {
  TextTable table({{"GROUP"},
                   {"TABLE"},
                   {"SOURCE", Align::kRight},
                   {"STAGED", Align::kRight},
                   {"APPLIED", Align::kRight},
                   {"REPLICA", Align::kRight},
                   {"UNREACHABLE"}});
  for (const VersionsReport& report : groups) {
    for (const TableVersions& row : report.tables) {
      table.Add({report.group, row.table, HumanNumber(row.source_version), HumanNumber(row.staged_version),
                 HumanNumber(row.applied_version), HumanNumber(row.replica_version), HumanList(row.unreachable)});
    }
  }
  return table.ToText();
}

std::string ToJson(const std::vector<VerifyReport>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const VerifyReport& report) {
    json.Field("group", report.group);
    json.Field("side", report.of_source ? "source" : "replica");
    json.Field("epoch", report.epoch);
    json.Field("ok", report.ok);
    json.Field("files_checked", report.files_checked);
    json.Field("bytes_checked", report.bytes_checked);
    json.Objects("tables", report.tables, [&](const engine::LiveSetVerdict& table) {
      json.Field("table", table.table);
      json.Field("version", table.version);
      json.Field("live_set", LiveSetResultName(table.result));
      if (table.reason.empty()) {
        json.Null("reason");
      } else {
        json.Field("reason", table.reason);
      }
    });
    json.Objects("problems", report.problems, [&](const VerifyProblem& problem) {
      json.Field("table", problem.table);
      json.Field("path", problem.path);
      json.Field("problem", problem.problem);
    });
  });
  return json.FinishLine();
}

std::string ToText(const std::vector<VerifyReport>& groups) {
  std::string text;
  for (const VerifyReport& report : groups) text += VerifyText(report);
  return text;
}

bool IsOk(const std::vector<Finding>& findings) {
  return std::ranges::none_of(findings, [](const Finding& f) { return f.severity == Severity::kError; });
}

std::string ToJson(std::vector<Finding> findings) {
  SortBySeverity(findings);
  json::Writer json(json::Texts::kShown);
  json.Field("ok", IsOk(findings));
  json.Objects("findings", findings, [&](const Finding& finding) {
    json.Field("severity", SeverityName(finding.severity));
    json.Field("what", FitToShow(finding.what));
    json.Field("where", FitToShow(finding.where));
    json.Field("remedy", FitToShow(finding.remedy));
  });
  return json.FinishLine();
}

std::string ToText(std::vector<Finding> findings) {
  SortBySeverity(findings);
  std::string text;
  for (const Finding& finding : findings) {
    text += OneLine(fmt::format("{}: {}", SeverityName(finding.severity), FitToShow(finding.what))) + "\n";
    if (!finding.where.empty()) text += OneLine("  where: " + FitToShow(finding.where)) + "\n";
    if (!finding.remedy.empty()) text += OneLine("  remedy: " + FitToShow(finding.remedy)) + "\n";
  }
  const auto errors = std::ranges::count(findings, Severity::kError, &Finding::severity);
  const auto warnings = std::ranges::count(findings, Severity::kWarning, &Finding::severity);
  return text + (errors == 0
                     ? fmt::format("ok: no errors, {}\n", HumanCount(warnings, "warning"))
                     : fmt::format("not ok: {}, {}\n", HumanCount(errors, "error"), HumanCount(warnings, "warning")));
}

std::string ToJson(const Error& error) {
  json::Writer json(json::Texts::kShown);
  json.Object("error", [&] {
    json.Field("kind", ErrorCodeName(error.code));
    json.Field("message", FitToShow(error.message, kMessageBytesMax));
    json.Field("where", FitToShow(error.where));
    json.Field("remedy", FitToShow(error.remedy));
  });
  return json.FinishLine();
}

std::string ErrorText(const Error& error) {
  // A message with several lines (all problems of a configuration) has its own lines made safe by whoever wrote it.
  const std::string message = FitToShow(error.message, kMessageBytesMax);
  std::string text = "lakeferry: ";
  for (size_t begin = 0; begin <= message.size();) {
    const size_t end = std::min(message.find('\n', begin), message.size());
    text += (begin == 0 ? "" : "  ") + OneLine(message.substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  if (!error.where.empty()) text += OneLine("  where: " + FitToShow(error.where)) + "\n";
  if (!error.remedy.empty()) text += OneLine("  remedy: " + FitToShow(error.remedy)) + "\n";
  return text;
}

}  // namespace lakeferry
