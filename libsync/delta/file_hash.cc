#include "delta/file_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <string>

#include "delta/deletion_vector.h"
#include "delta/file_path.h"

namespace lakeferry::delta {
namespace {

FileHash Cut(XXH128_hash_t hash) { return {.high = hash.high64, .low = static_cast<uint32_t>(hash.low64)}; }

}  // namespace

Result<FileHash> HashFile(std::string_view path, const std::optional<DeletionVector>& dv, uint64_t seed) {
  std::string made;
  LF_TRY(const std::string_view normal, NormalPath(path, made));
  const XXH128_hash_t of_path = XXH3_128bits_withSeed(normal.data(), normal.size(), seed);
  if (!dv) return Cut(of_path);
  std::string with_vector(reinterpret_cast<const char*>(&of_path), sizeof of_path);
  with_vector += UniqueId(*dv);
  return Cut(XXH3_128bits_withSeed(with_vector.data(), with_vector.size(), seed));
}

FileHash HashObject(std::string_view path, uint64_t seed) {
  return Cut(XXH3_128bits_withSeed(path.data(), path.size(), seed));
}

uint64_t HashText(std::string_view text, uint64_t seed) { return XXH3_64bits_withSeed(text.data(), text.size(), seed); }

}  // namespace lakeferry::delta
