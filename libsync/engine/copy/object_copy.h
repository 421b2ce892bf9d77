// Moving one object and knowing that it arrived: copy with checksum, conditional put with read-back.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/object_path.h"
#include "base/result.h"
#include "engine/copy/copy_means.h"
#include "engine/copy/object_digest.h"
#include "env/object_store.h"
#include "plan/document/manifest.h"

namespace lakeferry::engine {

struct Copied {
  ObjectDigest digest;                        // of what was read
  PutOutcome outcome = PutOutcome::kCreated;  // kExisted: the target was left as it was
  // Why the target store refused the modification time asked for; empty where it did not, or keeps no such times.
  std::string time_refused = {};
  std::string etag = {};      // as Created::etag
  int64_t resumed_bytes = 0;  // that were not sent: the store had them from a copy that broke off
};

// What the source must turn out to be; checked before the target becomes visible (kCorruptData).
struct Expected {
  std::optional<int64_t> size;
  std::optional<uint64_t> crc64;
  std::string sha256 = {};            // empty: of no matter
  Hashing hashing = Hashing::kCrc64;  // what the digest of the copy is to have
};
[[nodiscard]] Expected ExpectedOf(const plan::StagedFile& file);

// Moves `from_path`, its parts side by side, into `to_path` unless that exists. An unknown outcome is settled by
// reading the target back: equal bytes count as created, absent bytes as kUnavailable. Two objects of one name may meet
// here; see outcome. A large one goes on where a copy of that name broke off (CopyMeans::resume_bytes_min): what the
// store has of it is compared with what is read, and sent again where it is not that. `modified`: what is created gets
// this modification time; that a store refuses it for good does not stop the copy.
Task<Result<Copied>> CopyObject(Call call, ObjectStore& from, ObjectPath from_path, ObjectStore& to, ObjectPath to_path,
                                Expected expected, CopyMeans means, std::optional<TimeMs> modified = {});

// One of those that CopyEach moves: small, and of a size that is known.
struct SmallCopy {
  ObjectPath from;
  ObjectPath to;
  Expected expected;
};

// As CopyObject of each, in one go: an outcome each, in their order. All of them are held in memory at once. At most
// traits().batch_max of either store, of `size_max` each.
Task<std::vector<Result<Copied>>> CopyEach(Call call, ObjectStore& from, ObjectStore& to, std::vector<SmallCopy> copies,
                                           size_t size_max, CopyMeans means);

// The same in two steps: what is prepared nobody sees before it is published. Destroyed, it leaves nothing that a
// listing shows.
// What is prepared may wait for others, and counts as no memory: whoever prepares bounds how many there are, and each
// holds at most what goes whole.
struct PreparedCopy {
  std::unique_ptr<ObjectWriter> writer = nullptr;
  Copied copied = {};
};
Task<Result<PreparedCopy>> PrepareCopy(Call call, ObjectStore& from, ObjectPath from_path, ObjectStore& to,
                                       ObjectPath to_path, Expected expected, CopyMeans means,
                                       std::optional<TimeMs> modified = {});
Task<Result<Copied>> PublishCopy(Call call, PreparedCopy prepared, ObjectStore& to, ObjectPath to_path,
                                 size_t buffer_bytes);

// PutIfAbsent with an unknown outcome settled: if the object is there with exactly `bytes`, it counts as created. An
// object of that name with other bytes is kExisted.
Task<Result<PutOutcome>> PutSettled(Call call, ObjectStore& store, ObjectPath path, std::string bytes);

}  // namespace lakeferry::engine
