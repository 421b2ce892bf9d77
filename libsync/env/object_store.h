// ObjectStore: one root in one object store, as every adapter offers it and every engine step uses it. The contract is
// written as sentences that an implementation can fail; tests/storage/object_store_contract.h tries each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "async/call.h"
#include "async/task.h"
#include "base/object_path.h"
#include "base/random_access.h"
#include "base/result.h"
#include "base/time.h"

namespace lakeferry {

struct ObjectInfo {
  ObjectPath path;  // from the store's root
  int64_t size_bytes = 0;
  TimeMs modified;  // as the store lists it; Delta takes commit times from here

  bool operator==(const ObjectInfo&) const = default;
};

struct Listing {
  std::vector<ObjectInfo> objects;  // direct children, ascending by the bytes of the name
  std::vector<ObjectPath> folders;  // prefixes that have something below them, ascending
  // Names that are neither, because they only lead elsewhere: to a folder, out of the root, to nothing. Ascending.
  // Nobody enters them; Delete takes the name away and nothing else. Stores without links have none.
  std::vector<ObjectPath> links;
};

// Where a store's root is, whatever name it was opened by: the root itself, then each place that it lies in, outermost
// last. Equal texts are one place. Files: device and inode, and what of the path does not exist yet; far stores:
// account and bucket, with the prefix.
struct StorePlace {
  std::vector<std::string> root_first;
};

// What a conditional write found. A write that may or may not have happened is the error kOutcomeUnknown instead.
enum class PutOutcome { kCreated, kExisted };

// Reads one object from front to back. The object is pinned: if it is replaced meanwhile, a read fails with
// kCorruptData rather than mixing two contents.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  [[nodiscard]] virtual int64_t size_bytes() const = 0;
  // Fills `buffer` as far as there are bytes; 0 only at the end. `buffer` must live until the task ends.
  virtual Task<Result<size_t>> Read(Call call, std::span<char> buffer) = 0;
};

// Writes one object that nobody sees before Commit. Destroyed without Commit, it leaves nothing that a listing shows.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  // `bytes` must live until the task ends.
  virtual Task<Status> Write(Call call, std::span<const char> bytes) = 0;
  // After the last Write: what CommitIfAbsent creates has this modification time, as finely as the store keeps times,
  // from the first moment at which somebody sees it. False where the store knows no time but that of the write, and has
  // done nothing. After an error the object can be committed all the same, with the time of its writing; after
  // kUnauthorized, kInvalidArgument and kInternal another attempt would fail as well.
  virtual Task<Result<bool>> SetModified(Call call, TimeMs modified) = 0;
  // Publishes what was written, whole and durable, unless an object of that name exists. At most once.
  virtual Task<Result<PutOutcome>> CommitIfAbsent(Call call) = 0;
};

// Errors of every method: kUnavailable and kThrottled (transient), kUnauthorized, kOutOfSpace for writes,
// kInvalidArgument for a name the store cannot hold, kInternal. Others are named where they occur.
// Thread: methods are called on the engine thread and complete there.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // The root as the configuration names it, for errors and logs. Never holds a secret.
  [[nodiscard]] virtual std::string_view uri() const = 0;

  // Direct children of `folder` whose name is greater than `start_after` by bytes; all of them, however many pages.
  // A folder that does not exist is an empty listing. Unfinished writes are not listed.
  // kUnauthorized where a link stands for the folder, or for one above it: no listing leads through a link.
  virtual Task<Result<Listing>> List(Call call, ObjectPath folder, std::string start_after) = 0;
  // kNotFound.
  virtual Task<Result<ObjectInfo>> Head(Call call, ObjectPath path) = 0;
  // The whole object; kNotFound; kCorruptData if it is larger than `limit_bytes`.
  virtual Task<Result<std::string>> Get(Call call, ObjectPath path, size_t limit_bytes) = 0;
  // kNotFound.
  virtual Task<Result<std::unique_ptr<ObjectReader>>> OpenRead(Call call, ObjectPath path) = 0;
  // For reading at any place. kNotFound.
  virtual Task<Result<std::unique_ptr<RandomAccess>>> OpenRandom(Call call, ObjectPath path) = 0;

  // Creates the object with exactly these bytes, atomically and durably, iff none of that name exists. Of two
  // concurrent calls exactly one creates. kOutcomeUnknown when the answer was lost.
  virtual Task<Result<PutOutcome>> PutIfAbsent(Call call, ObjectPath path, std::string bytes) = 0;
  // Creates or replaces. Readers see the old or the new bytes, whole. Only for hints, never for log entries.
  virtual Task<Status> Put(Call call, ObjectPath path, std::string bytes) = 0;
  virtual Task<Result<std::unique_ptr<ObjectWriter>>> OpenWrite(Call call, ObjectPath path) = 0;
  // Makes `path` an object of the very bytes that `from` has pinned, without moving them through this process (hard
  // link of what is open, server-side copy on condition of the etag), iff none of that name exists. The object's
  // modification time is now, and nobody but us can change it afterwards. Where that cannot be, or the pinned object
  // has lost its name meanwhile, it returns kNotPossible and has done nothing: the caller then streams. kCorruptData
  // where the object is no longer what `from` has handed out. `from` must live until the task ends, and is not read
  // meanwhile.
  enum class Placement { kCreated, kExisted, kNotPossible };
  virtual Task<Result<Placement>> PlaceFrom(Call call, ObjectReader& from, ObjectPath path) = 0;
  // Makes the object's modification time now; its bytes stay. kNotFound. False where the store cannot, or not for us.
  virtual Task<Result<bool>> Touch(Call call, ObjectPath path) = 0;
  // Idempotent: deleting what is not there succeeds. A link is deleted itself, and what it leads to stays.
  virtual Task<Status> Delete(Call call, ObjectPath path) = 0;

  // Where the root is now; it need not exist. For telling two names of one place.
  virtual Task<Result<StorePlace>> Locate(Call call) = 0;
};

}  // namespace lakeferry
