// Looks over a Parquet file's footer, and reads nothing else, before Arrow does: Arrow makes room for all that a footer
// announces, at hundreds of bytes of memory for each of its own, so that a small hostile file could take all there is.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/random_access.h"
#include "base/result.h"

namespace lakeferry::parquet {

// kCorruptLog: no footer, one that ends early or is nested too deeply, one that is longer than an eighth of
// `memory_bytes_max` or whose lists would take more than that once they are read. Errors of `file` as they are.
[[nodiscard]] Status CheckFooter(const RandomAccess& file, int64_t memory_bytes_max, std::string_view where);

}  // namespace lakeferry::parquet
