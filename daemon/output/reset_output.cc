#include "daemon/output/reset_output.h"

#include <fmt/format.h>

#include "daemon/output/lines.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

std::string_view StateName(ResetState state) {
  switch (state) {
    case ResetState::kTodo: return "todo";
    case ResetState::kDone: return "done";
    case ResetState::kByPerson: return "by_person";
  }
  return "";
}

std::string_view VerbOf(const ResetStep& step) {
  const bool moves = !step.from.empty();
  switch (step.state) {
    case ResetState::kTodo: return moves ? "would be renamed" : "would be forgotten";
    case ResetState::kDone: return moves ? "renamed" : "forgotten";
    case ResetState::kByPerson: return moves ? "rename it with the store's own tool" : "after that";
  }
  return "";
}

}  // namespace

std::string ToJson(const ResetReport& report) {
  json::Writer json(json::Texts::kShown);
  json.Field("group", report.group);
  json.Field("role", RoleName(report.role));
  json.Field("done", report.done);
  json.Objects("steps", report.steps, [&](const ResetStep& step) {
    json.Field("what", step.what);
    json.Field("from", step.from);
    json.Field("to", step.to);
    json.Field("state", StateName(step.state));
  });
  json.Field("next", report.next);
  return json.FinishLine();
}

std::string ToText(const ResetReport& report) {
  std::string text;
  for (const ResetStep& step : report.steps) {
    text += Wrapped(fmt::format("{} ({}): {}: {}", report.group, RoleName(report.role), step.what, VerbOf(step)));
    if (!step.from.empty()) text += fmt::format("  from: {}\n  to: {}\n", step.from, step.to);
  }
  for (const std::string& next : report.next) text += Wrapped("next: " + next);
  return text;
}

}  // namespace lakeferry
