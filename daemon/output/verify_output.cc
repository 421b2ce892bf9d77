#include "daemon/output/verify_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/output/human.h"
#include "daemon/output/lines.h"
#include "daemon/output/text_table.h"

namespace lakeferry {
namespace {

using engine::VerifyProblem;
using engine::VerifyReport;
using Fit = TextTable::Fit;

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

// How far the replica is behind what is staged.
std::string BehindText(const VerifyReport& report) {
  const engine::StagedBeyond& behind = report.behind;
  if (behind.epochs == 0) return "no newer epoch is staged";
  const std::string cut = behind.cut_time ? fmt::format(", cut {} ({})", HumanTime(behind.cut_time),
                                                        HumanAgo(report.time - *behind.cut_time))
                                          : std::string();
  return fmt::format("{} behind: epoch {} is staged{}", HumanCount(behind.epochs, "epoch"), behind.newest.value(), cut);
}

std::string ReplicaText(const VerifyReport& report) {
  const std::string checked =
      fmt::format("{}, {} checked", HumanCount(report.files_checked, "file"), HumanBytes(report.bytes_checked));
  const auto problems = static_cast<int64_t>(report.problems.size());
  const bool in_sync = report.ok && report.behind.epochs == 0;
  const std::string verdict = report.ok ? (in_sync ? "whole and in sync" : "whole")
                                        : fmt::format("NOT whole: {}", HumanCount(problems, "problem"));
  return fmt::format("{}: epoch {} of {} is {}: {}; {}", report.group, report.epoch.value(), HumanTime(report.cut_time),
                     verdict, checked, BehindText(report));
}

std::string VerifyText(const VerifyReport& report) {
  std::string head = Wrapped(report.of_source ? SourceText(report) : ReplicaText(report));
  if (report.problems.empty()) return head;
  TextTable table({{.title = "TABLE", .fit = Fit::kShorten},
                   {.title = "PATH", .fit = Fit::kBelow},
                   {.title = "PROBLEM", .fit = Fit::kBelow}});
  for (const VerifyProblem& problem : report.problems) table.Add({problem.table, problem.path, problem.problem});
  return head + table.ToText();
}

void WriteBehind(json::Writer& json, const GroupAnswer<VerifyReport>& answer) {
  if (!answer.result || answer.result->of_source) {
    for (const char* field : {"epochs_behind", "staged_epoch", "staged_cut_time_ms"}) json.Null(field);
    return;
  }
  const engine::StagedBeyond& behind = answer.result->behind;
  json.Field("epochs_behind", behind.epochs);
  json.Field("staged_epoch", behind.newest);
  json.Field("staged_cut_time_ms", behind.cut_time);
}

}  // namespace

std::string ToJson(const GroupAnswers<VerifyReport>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const GroupAnswer<VerifyReport>& answer) {
    const VerifyReport report = ReportOf(answer);
    json.Field("group", answer.group);
    json.Field("side", WhereKnown(answer, std::string(report.of_source ? "source" : "replica")));
    json.Field("epoch", WhereKnown(answer, report.epoch));
    json.Field("ok", report.ok);
    json.Field("cut_time_ms", report.cut_time);
    WriteBehind(json, answer);
    json.Field("files_checked", report.files_checked);
    json.Field("bytes_checked", report.bytes_checked);
    json.Objects("tables", report.tables, [&](const engine::LiveSetVerdict& table) {
      json.Field("table", table.table);
      json.Field("version", table.version);
      json.Field("live_set", LiveSetResultName(table.result));
      json.Field("reason", table.reason.empty() ? std::nullopt : std::optional(table.reason));
    });
    json.Objects("problems", report.problems, [&](const VerifyProblem& problem) {
      json.Field("table", problem.table);
      json.Field("path", problem.path);
      json.Field("problem", problem.problem);
    });
    WriteErrorOf(json, answer);
  });
  return json.FinishLine();
}

std::string ToText(const GroupAnswers<VerifyReport>& groups) {
  std::string text;
  for (const GroupAnswer<VerifyReport>& answer : groups) {
    text += answer.result ? VerifyText(*answer.result) : FailureText(answer.group, answer.result.error());
  }
  return text;
}

}  // namespace lakeferry
