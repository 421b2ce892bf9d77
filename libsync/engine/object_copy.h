// Moving one object and knowing that it arrived: copy with checksum, checksum alone, conditional put with read-back.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/object_path.h"
#include "base/result.h"
#include "env/object_store.h"

namespace lakeferry::engine {

struct ObjectDigest {
  int64_t size = 0;
  uint64_t crc64 = 0;
  bool operator==(const ObjectDigest&) const = default;
};

// Reads from where `reader` stands to the end: of one that was just opened, the whole object. The store's errors.
Task<Result<ObjectDigest>> DigestOf(ObjectReader& reader, size_t buffer_bytes);
// Reads the whole object. kNotFound and the store's errors.
Task<Result<ObjectDigest>> DigestOf(ObjectStore& store, ObjectPath path, size_t buffer_bytes);

struct Copied {
  ObjectDigest digest;                        // of what was read
  PutOutcome outcome = PutOutcome::kCreated;  // kExisted: the target was left as it was
  // Why the target store refused the modification time asked for; empty where it did not, or keeps no such times.
  std::string time_refused = {};
};

// What the source must turn out to be; checked before the target becomes visible (kCorruptData).
struct Expected {
  std::optional<int64_t> size;
  std::optional<uint64_t> crc64;
};

// Streams `from_path` into `to_path` unless that exists. An unknown outcome is settled by reading the target back:
// equal bytes count as created, absent bytes as kUnavailable. Two objects of one name may meet here; see outcome.
// `modified`: what is created gets this modification time; that a store refuses it for good does not stop the copy.
Task<Result<Copied>> CopyObject(ObjectStore& from, ObjectPath from_path, ObjectStore& to, ObjectPath to_path,
                                Expected expected, size_t buffer_bytes, std::optional<TimeMs> modified = {});

// PutIfAbsent with an unknown outcome settled: if the object is there with exactly `bytes`, it counts as created. An
// object of that name with other bytes is kExisted.
Task<Result<PutOutcome>> PutSettled(ObjectStore& store, ObjectPath path, std::string bytes);

}  // namespace lakeferry::engine
