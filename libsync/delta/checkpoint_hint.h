// _last_checkpoint: a hint and nothing more. A bad one is no failure.
#pragma once

#include <optional>
#include <string_view>

#include "base/ids.h"

namespace lakeferry::delta {

// The version the hint names; absent where the text cannot be read or its checksum does not match.
[[nodiscard]] std::optional<Version> ReadCheckpointHint(std::string_view text);

}  // namespace lakeferry::delta
