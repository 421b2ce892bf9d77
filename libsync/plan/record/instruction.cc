#include "plan/record/instruction.h"

namespace lakeferry {

std::string_view InstructionName(InstructionKind kind) {
  switch (kind) {
    case InstructionKind::kPause: return "pause";
    case InstructionKind::kResume: return "resume";
    case InstructionKind::kResync: return "resync";
    case InstructionKind::kSync: return "sync";
  }
  return "";
}

std::optional<InstructionKind> ParseInstruction(std::string_view name) {
  for (const auto kind :
       {InstructionKind::kPause, InstructionKind::kResume, InstructionKind::kResync, InstructionKind::kSync}) {
    if (InstructionName(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace lakeferry
