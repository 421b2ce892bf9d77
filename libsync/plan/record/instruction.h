// Instruction: what a person told one role to do with a group, kept for good, with who said so and why.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "plan/record/role.h"

namespace lakeferry {

enum class InstructionKind { kPause, kResume, kResync, kSync };
// "pause", "resume", "resync", "sync".
[[nodiscard]] std::string_view InstructionName(InstructionKind kind);
[[nodiscard]] std::optional<InstructionKind> ParseInstruction(std::string_view name);

struct Instruction {
  InstructionKind kind = InstructionKind::kPause;
  Role role = Role::kSender;
  std::string group;
  std::string table = {};  // of a resync
  std::string by;          // the user who said so
  std::string why = {};    // may be empty
  TimeMs given;

  bool operator==(const Instruction&) const = default;
};

}  // namespace lakeferry
