// Deletion vector descriptors (protocol: "Deletion Vectors"): which object holds one, and its unique id.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/object_path.h"
#include "base/result.h"
#include "delta/action.h"

namespace lakeferry::delta {

// storageType + pathOrInlineDv + "@offset" where there is an offset (protocol: "Derived Fields").
[[nodiscard]] std::string UniqueId(const DeletionVector& dv);

// The object below the table's root that holds the vector; absent for inline ones. kUnsupportedTable for storage types
// this program does not carry ("p", "r", unknown), kCorruptLog for a text that is no z85 of a UUID.
[[nodiscard]] Result<std::optional<ObjectPath>> ObjectOf(const DeletionVector& dv);

// The UUID in the name of a vector's file, "deletion_vector_<uuid>.bin"; absent for any other name.
[[nodiscard]] std::optional<std::string> VectorUuid(std::string_view file_name);

// The z85 of a UUID in canonical lower-case text, as a descriptor of type "u" holds it.
[[nodiscard]] std::string EncodeUuid(std::string_view uuid);

}  // namespace lakeferry::delta
