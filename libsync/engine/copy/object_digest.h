// What tells one object's content from another's: its size, its CRC-64 and, where somebody may have forged it, its
// SHA-256.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/crc64.h"
#include "base/digest.h"
#include "base/object_path.h"
#include "base/result.h"
#include "env/object_store.h"
#include "plan/document/manifest.h"

namespace lakeferry::engine {

// SHA-256 is several times as slow as CRC-64, and taken beside it only where somebody may have forged an object.
enum class Hashing { kCrc64, kSha256 };

struct ObjectDigest {
  int64_t size = 0;
  uint64_t crc64 = 0;
  std::string sha256 = {};  // in hex; empty where it was not asked for
  bool operator==(const ObjectDigest&) const = default;
};

// What has to be taken of an object to compare it with what left, and whether it is that.
[[nodiscard]] Hashing HashingOf(const plan::StagedFile& file);
[[nodiscard]] bool IsWhatLeft(const ObjectDigest& digest, const plan::StagedFile& file);

// Takes a digest from pieces, front to back.
class Digester {
 public:
  explicit Digester(Hashing hashing) {
    if (hashing == Hashing::kSha256) sha256_.emplace();
  }

  void Update(std::span<const char> piece);
  // The same of a piece whose CRC-64 is known.
  void Update(std::span<const char> piece, uint64_t crc64);
  // Of the pieces so far.
  [[nodiscard]] int64_t size() const { return size_; }
  // Call once.
  [[nodiscard]] ObjectDigest Finish();

 private:
  int64_t size_ = 0;
  Crc64 crc64_;
  std::optional<Sha256> sha256_;
};

// Of what is open. The store's errors.
Task<Result<ObjectDigest>> DigestOf(Call call, OpenObject& object, size_t buffer_bytes, Hashing hashing);
// Reads the whole object. kNotFound and the store's errors.
Task<Result<ObjectDigest>> DigestOf(Call call, ObjectStore& store, ObjectPath path, size_t buffer_bytes,
                                    Hashing hashing);

}  // namespace lakeferry::engine
