// FileToSend: one object that a table's cut needs at the replica.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/object_path.h"
#include "base/time.h"
#include "delta/import_roots.h"

namespace lakeferry::plan {

struct FileToSend {
  ObjectPath path;                           // below the replica's root
  std::optional<int64_t> size;               // as the log says; absent for deletion vectors
  bool required = true;                      // false: may be gone from the source (live only between two cuts)
  std::optional<TimeMs> vanishes_from = {};  // from then on VACUUM may delete it; absent: live at the source
  // Which the replica's object is to have too; absent: that of its arrival.
  std::optional<TimeMs> modified = {};
  // Where it is read; null: under the same path below the source's root.
  std::shared_ptr<const delta::ImportedObject> origin = nullptr;
};

}  // namespace lakeferry::plan
