// ObjectWriter: brings one object into a store part by part, and what comes of a write there. With env/object_store.h,
// which begins it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "async/call.h"
#include "async/task.h"
#include "base/buffer.h"
#include "base/result.h"
#include "base/time.h"
#include "env/object_info.h"

namespace lakeferry {

// What a conditional write found. A write that may or may not have happened is the error kOutcomeUnknown instead.
enum class PutOutcome { kCreated, kExisted };
enum class CopyOutcome { kCreated, kExisted, kNotPossible };

// What a conditional write found; and, where it has created, what names the content that it gave the object.
struct Created {
  PutOutcome outcome = PutOutcome::kCreated;
  // Only where the store itself has compared what came with its checksum: whoever finds this etag has these bytes.
  // Empty else, and where the store does not say it.
  std::string etag = {};
};

struct WriteHints {
  std::optional<int64_t> size_bytes = {};  // of the object, where it is known
  // Looks for what a writer of this name and size with the same hint has left that came to no end: MayHave, TakeOver.
  // Of no effect where the size is not known, or the store's traits do not say that it `resumes`. What cannot be found
  // out is taken for nothing. Two that go on with the same at once may get in each other's way, which is an error of
  // one of them that passes; what is published is whole all the same.
  bool resume = false;
};

// Writes one object that nobody sees before it is committed. Destroyed without CommitIfAbsent or Abort, it leaves
// nothing that a listing shows, but perhaps what a store keeps of unfinished uploads: with WriteHints::resume the next
// writer goes on with that, and DropUnfinished takes it away.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  // Every part but the last is exactly so long.
  [[nodiscard]] virtual size_t part_bytes() const = 0;
  // Part `number`, from 0 on: each once, any number of them side by side. The memory comes back when it is not needed.
  virtual Task<Result<Buffer>> Write(Call call, int64_t number, Buffer bytes) = 0;
  // Whether the store says that it has a part `number` of a writer before (WriteHints::resume). Only a guess at what
  // TakeOver will find.
  [[nodiscard]] virtual bool MayHave(int64_t /*number*/) const { return false; }
  // In place of Write, where the store has this very part from a writer before: true where its length and its checksum
  // are those of `bytes`, and then it is of the object as if it had been written. A store that tells no checksums of
  // what it has takes it by its place, and says at CommitIfAbsent whether the whole is what was meant. In the order of
  // the parts, before any of them is written that comes behind it. Waits for nothing.
  [[nodiscard]] virtual bool TakeOver(int64_t /*number*/, const Buffer& /*bytes*/) { return false; }
  // After the last Write: what CommitIfAbsent creates has this modification time, as finely as the store keeps times,
  // from the first moment at which somebody sees it. False where the store knows no time but that of the write, and has
  // done nothing. After an error the object can be committed all the same, with the time of its writing; after
  // kUnauthorized, kInvalidArgument and kInternal another attempt would fail as well.
  virtual Task<Result<bool>> SetModified(Call call, TimeMs modified) = 0;
  // Once every part has ended: publishes them, whole and durable, unless an object of that name exists. At most once.
  // kCorruptData where they are not `size_bytes` long in all, or the store finds another checksum than one of those
  // given; nothing is published then. kUnavailable where what was taken over by its place is another's: it is gone
  // then, and the next writer begins anew.
  virtual Task<Result<PutOutcome>> CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums checksums) = 0;
  // After a CommitIfAbsent that created: as Created::etag.
  [[nodiscard]] virtual std::string etag() const { return {}; }
  // Gives up: when it returns, nothing is left of what was written.
  virtual Task<Status> Abort(Call call) = 0;
};

}  // namespace lakeferry
