// Names that a clone gives to files which its source names by absolute paths outside its root. Each is a function of
// the path alone, so that the removal of a file finds it epochs later without anything having been remembered. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/object_path.h"
#include "base/result.h"
#include "delta/action.h"

namespace lakeferry::delta {

// ext/<2 hex digits>/<SHA-256 of the normalised path>-<its base name>: paths of one normal form have one name, others
// never. The base name is for people: ASCII, at most 100 bytes. Errors: as NormalisePath.
[[nodiscard]] Result<ObjectPath> ImportName(std::string_view path);

// True iff ImportName could have made it. A file that a source keeps under such a name of its own, as a replica does
// that is replicated further, is given a new one by ImportName: so the two never meet.
[[nodiscard]] bool IsImportName(const ObjectPath& path);

// The absolute vector `vector` (storage type "p") as one of the clone's root (type "u"): engines keep files of that
// type alone when they vacuum. The UUID is that of the file's own name where it is named as vectors are, else it
// follows from the path. Errors: as NormalisePath.
[[nodiscard]] Result<DeletionVector> ImportedVector(DeletionVector vector);

}  // namespace lakeferry::delta
