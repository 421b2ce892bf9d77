// _last_checkpoint: a hint and nothing more. A bad one is no failure.
#pragma once

#include <optional>
#include <string_view>

#include "base/ids.h"
#include "delta/log_segment.h"

namespace lakeferry::delta {

// The version the hint names; absent where the text cannot be read or its checksum does not match.
[[nodiscard]] std::optional<Version> ReadCheckpointHint(std::string_view text);

// Whether the hint names just this checkpoint: its version, its number of parts, its file where it is one of several
// kinds of a version. A reader that is led to another one finds nothing, and some then give up.
[[nodiscard]] bool HintNames(std::string_view text, const CheckpointFiles& checkpoint);

}  // namespace lakeferry::delta
