#include "daemon/output/reset_output.h"

#include <fmt/format.h>

#include "daemon/output/lines.h"
#include "json/writer.h"

namespace lakeferry {

std::string ToJson(const ResetReport& report) {
  json::Writer json(json::Texts::kShown);
  json.Field("group", report.group);
  json.Field("role", RoleName(report.role));
  json.Field("done", report.done);
  WriteSteps(json, report.steps);
  json.Field("next", report.next);
  return json.FinishLine();
}

std::string ToText(const ResetReport& report) {
  std::string text = ToText(report.steps, fmt::format("{} ({})", report.group, RoleName(report.role)));
  for (const std::string& next : report.next) text += Wrapped("next: " + next);
  return text;
}

}  // namespace lakeferry
