// How one data file comes to its place below a target without being staged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/copy/object_copy.h"

namespace lakeferry::engine {

// What lies at its place now.
struct DirectlyPlaced {
  ObjectDigest digest;
  std::string etag = {};      // as Created::etag
  int64_t resumed_bytes = 0;  // as Copied::resumed_bytes
};

// Moves `from_path` to its place `to` below `target`, or finds it there: what an attempt before has put there, and what
// an epoch before brought, is kept if it is what the source holds. `looks_first`: something may be there already, which
// is then not sent again. Absent where the name is another's. CopyObject's errors.
Task<Result<std::optional<DirectlyPlaced>>> PlaceDirectly(Call call, ObjectStore& source, ObjectPath from_path,
                                                          ObjectStore& target, ObjectPath to, Expected expected,
                                                          bool looks_first, CopyMeans means);

}  // namespace lakeferry::engine
