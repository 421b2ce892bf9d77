// ObjectStore: one root in one object store, as every adapter offers it and every engine step uses it. Drawn for stores
// that answer after 50 ms and stream 10 GB/s: whatever can go side by side does, what can be done in batches is, and
// bytes that a service can copy by itself never pass through this process. The contract is written as sentences that an
// implementation can fail; tests/storage/object_store_contract.h tries each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
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
#include "env/object_info.h"
#include "env/object_writer.h"  // IWYU pragma: export

namespace lakeferry {

// What a store can do, and what it is like.
struct StoreTraits {
  bool far = false;                // calls wait for a network: OpenObject::local() is null
  size_t delete_batch_max = 1000;  // names in one Delete
  // Objects in one GetEach or PutEachIfAbsent, where it is cheaper than call by call; 1: it is not.
  size_t batch_max = 1;
  bool keeps_times = false;      // an object can have another modification time than that of its writing
  std::string copies_from = {};  // service of the addresses that CopyIfAbsent takes
  bool resumes = false;          // a writer can go on with the parts of one that came to no end
};

// Keeps an object from going away or being mistaken for another, where a store has something to hold it by.
class HeldObject {
 public:
  virtual ~HeldObject() = default;
};

// Where an object's bytes lie, for a store that is to copy them by itself.
struct ObjectAddress {
  std::string service;  // what can copy between its own objects: "file", "s3 eu-west-1"
  std::string place;    // account, bucket and key
  std::string etag;     // it is copied only while it has this content
  std::shared_ptr<HeldObject> held = nullptr;
  // Whether a copy may go on with what one that broke off has left: not of an object that somebody may want to forge.
  bool resume = true;
};

// One object, open and pinned: if it is replaced meanwhile, a read fails with kCorruptData rather than mixing two
// contents.
class OpenObject {
 public:
  virtual ~OpenObject() = default;
  // As it was when it was opened, with its etag.
  [[nodiscard]] virtual const ObjectInfo& info() const = 0;
  [[nodiscard]] int64_t size_bytes() const { return info().size_bytes; }
  // Fills `buffer` from `offset` (not negative) on; less than it holds only at the object's end, 0 behind it. Any
  // number side by side. A connection that broke is taken up where it did. `buffer` must live until the task ends.
  virtual Task<Result<size_t>> Read(Call call, int64_t offset, std::span<char> buffer) = 0;
  // What has been read is the content that is copied from there.
  [[nodiscard]] virtual ObjectAddress address() const = 0;
  // The same bytes by blocking reads on any threads, as long as this lives; null for a store whose traits are `far`.
  [[nodiscard]] virtual const RandomAccess* local() const = 0;
};

// One of those that PutEachIfAbsent creates.
struct WholeObject {
  ObjectPath path;
  std::string bytes;
};

// One name that Delete could not take away.
struct NotDeleted {
  ObjectPath path;
  Error error;
};

// Errors of every method: kUnavailable and kThrottled (transient), kUnauthorized, kOutOfSpace for writes,
// kInvalidArgument for a name the store cannot hold, kInternal; kCancelled for a call that was stopped, which has done
// nothing where it was stopped before. Others are named where they occur.
// Thread: methods are called on the engine thread and complete there.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // The root as the configuration names it, for errors and logs. Never holds a secret.
  [[nodiscard]] virtual std::string_view uri() const = 0;
  [[nodiscard]] virtual StoreTraits traits() const = 0;

  // A page of what a folder holds: its direct children, ascending by the bytes of their names over all pages; with
  // `recursive` in any order. A folder that does not exist is an empty listing. Unfinished writes are not listed. What
  // comes and goes meanwhile may be there or not; all else is listed once.
  // kUnauthorized where a link stands for the folder, or for one above it: no listing leads through a link.
  virtual Task<Result<ListPage>> List(Call call, ListRequest request) = 0;
  // kNotFound.
  virtual Task<Result<ObjectInfo>> Head(Call call, ObjectPath path) = 0;
  // The whole object; kNotFound; kCorruptData if it is larger than `limit_bytes`.
  virtual Task<Result<std::string>> Get(Call call, ObjectPath path, size_t limit_bytes) = 0;
  // As Get of each, in their order; a failure is that of one object. At most traits().batch_max.
  virtual Task<std::vector<Result<std::string>>> GetEach(Call call, std::vector<ObjectPath> paths, size_t limit_bytes);
  // kNotFound.
  virtual Task<Result<std::unique_ptr<OpenObject>>> Open(Call call, ObjectPath path) = 0;
  // As Open, of an object that is read from its begin on: a far store brings the first `bytes` of it, and what else it
  // tells of the object, by one request. It is then without checksums.
  virtual Task<Result<std::unique_ptr<OpenObject>>> OpenFront(Call call, ObjectPath path, size_t bytes);
  // Where an object that has this etag lies, for CopyIfAbsent: nothing is asked. Absent where an address is more than
  // that.
  [[nodiscard]] virtual std::optional<ObjectAddress> AddressOf(const ObjectPath& path, std::string etag) const;

  // Creates the object with exactly these bytes, atomically and durably, iff none of that name exists. Of two
  // concurrent calls exactly one creates. kOutcomeUnknown when the answer was lost.
  virtual Task<Result<PutOutcome>> PutIfAbsent(Call call, ObjectPath path, std::string bytes) = 0;
  // The same, with what names what was created.
  virtual Task<Result<Created>> Create(Call call, ObjectPath path, std::string bytes);
  // As PutIfAbsent of each, in their order: it is no transaction, and each has an outcome of its own. They share what
  // makes them durable. At most traits().batch_max.
  virtual Task<std::vector<Result<PutOutcome>>> PutEachIfAbsent(Call call, std::vector<WholeObject> objects);
  // Creates or replaces. Readers see the old or the new bytes, whole. Only for hints, never for log entries.
  virtual Task<Status> Put(Call call, ObjectPath path, std::string bytes) = 0;
  virtual Task<Result<std::unique_ptr<ObjectWriter>>> Begin(Call call, ObjectPath path, WriteHints hints) = 0;
  // Makes `path` an object of the very bytes at `from`, without moving them through this process (hard link of what is
  // open, server-side copy on condition of the etag), iff none of that name exists. The object's modification time is
  // now, and nobody but us can change it afterwards. Where that cannot be, or the object there has lost its name
  // meanwhile, it returns kNotPossible and has done nothing: the caller then streams. kCorruptData where the object is
  // no longer what was handed out of it. One that is made in pieces may go on with those that a copy before has left,
  // as far as the service proves that they are of this very object.
  virtual Task<Result<CopyOutcome>> CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) = 0;
  // Makes the object's modification time now; its bytes stay. kNotFound. False where the store cannot, or not for us.
  virtual Task<Result<bool>> Touch(Call call, ObjectPath path) = 0;
  // At most traits().delete_batch_max names. Those that are still there, and why. Idempotent: what is not there is
  // deleted. A link is deleted itself, and what it leads to stays. The error is of a call that has come to nothing.
  virtual Task<Result<std::vector<NotDeleted>>> Delete(Call call, std::vector<ObjectPath> paths) = 0;
  // Takes away what writers have left below `folder` that came to no end, of those that began before `before`; absent:
  // of all. For stores that keep it for ever: where it goes by itself after a while, nothing is done, and nothing
  // either where we may not ask what there is. Whoever still writes there gets an error that passes.
  virtual Task<Status> DropUnfinished(Call call, ObjectPath folder, std::optional<TimeMs> before);
};

}  // namespace lakeferry
