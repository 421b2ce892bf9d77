#include "engine/stage/direct_placing.h"

#include <utility>

namespace lakeferry::engine {
namespace {

// Absent: nothing has the name. A store that keeps a checksum of the whole object is not asked for its bytes.
Task<Result<std::optional<ObjectDigest>>> DigestThere(Call call, ObjectStore& target, ObjectPath path, Hashing hashing,
                                                      size_t buffer_bytes) {
  const Result<ObjectInfo> there = co_await target.Head(call, path);
  if (!there && there.error().code == ErrorCode::kNotFound) co_return std::nullopt;
  LF_CO_TRY_OK(there);
  const bool vouched = target.traits().far && hashing == Hashing::kCrc64 && there->checksums.crc64.has_value();
  if (vouched) co_return ObjectDigest{.size = there->size_bytes, .crc64 = *there->checksums.crc64};
  const Result<ObjectDigest> read = co_await DigestOf(call, target, path, buffer_bytes, hashing);
  if (!read && read.error().code == ErrorCode::kNotFound) co_return std::nullopt;
  LF_CO_TRY_OK(read);
  co_return *read;
}

}  // namespace

Task<Result<std::optional<DirectlyPlaced>>> PlaceDirectly(Call call, ObjectStore& source, ObjectPath from_path,
                                                          ObjectStore& target, ObjectPath to, Expected expected,
                                                          bool looks_first, CopyMeans means) {
  std::optional<ObjectDigest> there;
  if (looks_first) {
    LF_CO_TRY(there, co_await DigestThere(call, target, to, expected.hashing, means.buffer_bytes));
  }
  if (!there) {
    LF_CO_TRY(const Copied copied, co_await CopyObject(call, source, from_path, target, to, expected, means));
    if (copied.outcome == PutOutcome::kCreated) {
      co_return DirectlyPlaced{.digest = copied.digest, .etag = copied.etag, .resumed_bytes = copied.resumed_bytes};
    }
    LF_CO_TRY(there, co_await DigestThere(call, target, to, expected.hashing, means.buffer_bytes));
  }
  LF_CO_TRY(const ObjectDigest wanted,
            co_await DigestOf(call, source, from_path, means.buffer_bytes, expected.hashing));
  const bool same = there == wanted && wanted.size == expected.size.value_or(wanted.size);
  if (!same) co_return std::nullopt;
  co_return DirectlyPlaced{.digest = wanted};
}

}  // namespace lakeferry::engine
