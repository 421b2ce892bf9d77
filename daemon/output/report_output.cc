#include "daemon/output/report_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/config/text_bytes.h"
#include "daemon/output/human.h"
#include "daemon/output/lines.h"
#include "daemon/output/place_output.h"
#include "daemon/output/text_table.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

using engine::TableVersions;
using engine::VersionsReport;
using Align = TextTable::Align;
using Fit = TextTable::Fit;

}  // namespace

std::string ToJson(const GroupAnswers<VersionsReport>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const GroupAnswer<VersionsReport>& answer) {
    json.Field("group", answer.group);
    json.Objects("tables", ReportOf(answer).tables, [&](const TableVersions& table) {
      json.Field("table", table.table);
      json.Field("source_version", table.source_version);
      json.Field("staged_version", table.staged_version);
      json.Field("applied_version", table.applied_version);
      json.Field("replica_version", table.replica_version);
      json.Field("managed_version", table.managed_version);
      json.Field("unreachable", table.unreachable);
    });
    WriteErrorOf(json, answer);
  });
  return json.FinishLine();
}

std::string ToText(const GroupAnswers<VersionsReport>& groups) {
  std::vector<TextColumns::Column> columns{
      {.title = "GROUP", .fit = Fit::kShorten},     {.title = "TABLE", .fit = Fit::kShorten},
      {.title = "SOURCE", .align = Align::kRight},  {.title = "STAGED", .align = Align::kRight},
      {.title = "APPLIED", .align = Align::kRight}, {.title = "REPLICA", .align = Align::kRight}};
  // Most installations have no group of the kind.
  const bool cloned = std::ranges::any_of(
      groups, [](const GroupAnswer<VersionsReport>& answer) { return answer.result && answer.result->cloned; });
  if (cloned) columns.push_back({.title = "MANAGED", .align = Align::kRight});
  columns.push_back({.title = "UNREACHABLE", .fit = Fit::kBelow});
  TextTable table(std::move(columns));
  for (const GroupAnswer<VersionsReport>& answer : groups) {
    if (!answer.result) {
      table.AddLines(FailureText(answer.group, answer.result.error()));
      continue;
    }
    for (const TableVersions& row : answer.result->tables) {
      std::vector<std::string> cells{answer.group,
                                     row.table,
                                     HumanNumber(row.source_version),
                                     HumanNumber(row.staged_version),
                                     HumanNumber(row.applied_version),
                                     HumanNumber(row.replica_version)};
      if (cloned) cells.push_back(HumanNumber(row.managed_version));
      cells.push_back(HumanList(row.unreachable));
      table.Add(std::move(cells));
    }
  }
  return table.ToText();
}

std::string ToJson(const Error& error) {
  json::Writer json(json::Texts::kShown);
  WriteErrorObject(json, error);
  return json.FinishLine();
}

std::string ErrorText(const Error& error) {
  // A message with several lines (all problems of a configuration) has its own lines made safe by whoever wrote it.
  const std::string message = FitToShow(error.message, kMessageBytesMax);
  std::string text;
  for (size_t begin = 0; begin <= message.size();) {
    const size_t end = std::min(message.find('\n', begin), message.size());
    const std::string line = message.substr(begin, end - begin);
    text += begin == 0 ? Wrapped("lakeferry: " + line) : Wrapped(line, 2);
    begin = end + 1;
  }
  return text + PlaceAndRemedy(error.where, error.remedy);
}

}  // namespace lakeferry
