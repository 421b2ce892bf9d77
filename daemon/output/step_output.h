// The steps of a command that tells what it would do before it does it (`reset`, `relocate`), as text and JSON.
#pragma once

#include <string>
#include <vector>

#include "json/writer.h"

namespace lakeferry {

enum class StepState {
  kTodo,  // it would be done with --yes
  kDone,
  kByPerson,  // the store cannot rename: it is left to a person, and the command is to be run again
};

enum class StepKind { kRename, kForget, kNote };

struct Step {
  StepKind kind = StepKind::kRename;
  std::string what;  // "target of table a"
  std::string from;  // of a rename, or what is noted; else empty
  std::string to;
  StepState state = StepState::kTodo;
};

// The field "steps".
void WriteSteps(json::Writer& json, const std::vector<Step>& steps);
// A line for each that begins with `whose`, and lines for its places.
[[nodiscard]] std::string ToText(const std::vector<Step>& steps, const std::string& whose);

}  // namespace lakeferry
