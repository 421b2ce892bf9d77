// Names that a clone gives to files whose own name holds another file there: the source wrote a second file under a
// name that it had used before, and a replica keeps what its older versions read. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/object_path.h"
#include "base/result.h"

namespace lakeferry::delta {

// The folder that holds them all.
inline constexpr std::string_view kReusedFolder = "reused";

// reused/<hash of the name>-<CRC-64 of the bytes>-<size>/<name>: the same bytes under the same name have one name,
// however often they come. kInvalidArgument where that is too long for an object.
[[nodiscard]] Result<ObjectPath> ReusedName(const ObjectPath& path, int64_t size, uint64_t crc64);

// What stands for `path` in the name of a folder directly below kReusedFolder. Two paths may share it by chance.
[[nodiscard]] uint64_t ReusedHash(const ObjectPath& path);
// That hash, read out of the name of such a folder; absent where ReusedName makes none of this form.
[[nodiscard]] std::optional<uint64_t> ReusedHashIn(std::string_view folder_name);

// The name, as the log has it, that the file had before ReusedName; absent for every other path. A clone holds no
// others of this form: one that its source has is imported.
[[nodiscard]] std::optional<std::string_view> NameBeforeReuse(std::string_view path);

}  // namespace lakeferry::delta
