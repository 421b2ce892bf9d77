// FileHash: what stands for a file of a table where its path would take too much memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "delta/action.h"

namespace lakeferry::delta {

// What stands for a logical file, path and deletion vector: 96 bits of a hash with a seed that no writer of a log can
// know, so that nobody can make two files look like one. Two of ten million agree by chance less often than once in
// 10^14 tables.
struct FileHash {
  uint64_t high = 0;
  uint32_t low = 0;
  bool operator==(const FileHash&) const = default;
};

// The hash of what FileKey names. kInvalidArgument as there.
[[nodiscard]] Result<FileHash> HashFile(std::string_view path, const std::optional<DeletionVector>& dv, uint64_t seed);
// What stands for an object of a table, by its path from the root.
[[nodiscard]] FileHash HashObject(std::string_view path, uint64_t seed);
// Of any text, with such a seed.
[[nodiscard]] uint64_t HashText(std::string_view text, uint64_t seed);

}  // namespace lakeferry::delta
