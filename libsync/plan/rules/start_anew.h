// The way out that remedies name where a group cannot go on: a command that checks before each of its steps, moves and
// never deletes (docs/operations.md, "Starting a group anew").
#pragma once

#include <string_view>

namespace lakeferry::plan {

// Part of a sentence. Staging, targets and metadata stores remember each other, so that both sides have to.
inline constexpr std::string_view kStartAnew =
    "start the group anew: `lakeferry reset GROUP` at the receiver, then at the sender; it moves and never deletes";

}  // namespace lakeferry::plan
