// How much is read of a document of staging and of its parts, whatever it says of itself. Whoever writes one keeps to
// the same (plan/document/read_back.h, engine/stage/part_writer.h), so that what is published can be read within the
// memory that one process has.
#pragma once

#include <cstddef>

#include "delta/size_limits.h"

namespace lakeferry::plan {

// The most that is read of a manifest, signatures included: 2,400 tables, each with 2.7 KB of its live set, or
// 60,000 parts, which are 900,000,000 records. Parsing takes up to 14 times its size.
inline constexpr size_t kManifestBytesMax = size_t{8} << 20;
// The most that is read of a receipt: it tells less of each table than the manifest, which fits.
inline constexpr size_t kReceiptBytesMax = kManifestBytesMax;
// The most that is read of a part: it is closed before its next line makes it longer, and no line is longer.
inline constexpr size_t kPartBytesMax = delta::kLineBytesMax;

static_assert(delta::kPartLineBytesMax < kPartBytesMax, "a line and its end make a part");

}  // namespace lakeferry::plan
