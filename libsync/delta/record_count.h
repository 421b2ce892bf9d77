// How many rows a file's statistics say that it holds. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lakeferry::delta {

// numRecords of the JSON text of an add's or remove's statistics; absent where they do not say.
[[nodiscard]] std::optional<int64_t> RecordCount(const std::optional<std::string>& stats);

}  // namespace lakeferry::delta
