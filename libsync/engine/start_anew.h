// The way out that remedies name where a group cannot go on: a procedure that docs/operations.md gives step by step.
#pragma once

#include <string_view>

namespace lakeferry::engine {

// Part of a sentence. Staging, targets and metadata stores remember each other, so that all of them go at once.
inline constexpr std::string_view kStartAnew =
    "start the group anew: stop both services, move its staging folder, its targets and the metadata stores of both "
    "regions away, start them (operations.md: Starting a group anew)";

}  // namespace lakeferry::engine
