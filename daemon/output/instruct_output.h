// What `lakeferry pause`, `resume` and `resync` did, as a JSON document (docs/json.md, the stable contract) and as
// text. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "env/state_store.h"
#include "json/reader.h"

namespace lakeferry {

// One instruction, and how it leaves the group.
struct InstructedGroup {
  Instruction instruction;
  std::optional<Pause> paused = {};
  std::vector<AskedWhole> resync = {};
};

[[nodiscard]] std::string ToJson(const InstructedGroup& instructed);
[[nodiscard]] std::string ToText(const InstructedGroup& instructed);
// Of several roles: {"groups": [the document of each]}.
[[nodiscard]] std::string ToJson(const std::vector<InstructedGroup>& groups);
[[nodiscard]] std::string ToText(const std::vector<InstructedGroup>& groups);
// What ToJson has written of one.
[[nodiscard]] Result<InstructedGroup> ReadInstructed(const json::Fields& fields);

// "2026-11-21 07:39:39Z pause by alice (uid 1000): why".
[[nodiscard]] std::string LineOf(const Instruction& instruction);

}  // namespace lakeferry
