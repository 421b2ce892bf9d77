#include "daemon/output/step_output.h"

#include <fmt/format.h>

#include "daemon/output/lines.h"

namespace lakeferry {
namespace {

std::string_view StateName(StepState state) {
  switch (state) {
    case StepState::kTodo: return "todo";
    case StepState::kDone: return "done";
    case StepState::kByPerson: return "by_person";
  }
  return "";
}

std::string_view DoneWord(StepKind kind) {
  switch (kind) {
    case StepKind::kRename: return "renamed";
    case StepKind::kForget: return "forgotten";
    case StepKind::kNote: return "noted";
  }
  return "";
}

std::string VerbOf(const Step& step) {
  switch (step.state) {
    case StepState::kTodo: return fmt::format("would be {}", DoneWord(step.kind));
    case StepState::kDone: return std::string(DoneWord(step.kind));
    case StepState::kByPerson:
      return step.kind == StepKind::kRename ? "rename it with the store's own tool" : "after that";
  }
  return {};
}

}  // namespace

void WriteSteps(json::Writer& json, const std::vector<Step>& steps) {
  json.Objects("steps", steps, [&](const Step& step) {
    json.Field("what", step.what);
    json.Field("from", step.from);
    json.Field("to", step.to);
    json.Field("state", StateName(step.state));
  });
}

std::string ToText(const std::vector<Step>& steps, const std::string& whose) {
  std::string text;
  for (const Step& step : steps) {
    text += Wrapped(fmt::format("{}: {}: {}", whose, step.what, VerbOf(step)));
    if (!step.from.empty()) text += Wrapped("from: " + step.from, 2) + Wrapped("to: " + step.to, 2);
  }
  return text;
}

}  // namespace lakeferry
