// Looks over a Parquet file's footer before Arrow does: Arrow makes room for all that a footer announces, at hundreds
// of bytes of memory for each of its own, so that a small hostile file could take all there is.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace lakeferry::parquet {

// kCorruptLog: no footer, one that ends early or is nested too deeply, or whose lists would take more than
// `memory_bytes_max` once they are read.
[[nodiscard]] Status CheckFooter(std::string_view file, int64_t memory_bytes_max, std::string_view where);

}  // namespace lakeferry::parquet
