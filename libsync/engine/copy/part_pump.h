// PartPump: brings the parts of an object that is open to a writer. While some are written others are read, and their
// digest is taken in between, in their order. Every part is read, also where the store has it from a copy before: only
// the bytes themselves tell that it is the same.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "async/semaphore.h"
#include "async/task_group.h"
#include "engine/copy/copy_means.h"
#include "engine/copy/object_digest.h"
#include "env/object_store.h"

namespace lakeferry::engine {

// One object. Both must outlive it. Memory: up to four parts, as the means have it.
class PartPump {
 public:
  PartPump(OpenObject& object, ObjectWriter& writer, Hashing hashing, CopyMeans means)
      : object_(object), writer_(writer), means_(std::move(means)), digester_(hashing), places_(kReadAhead) {}

  // Of all that was read; every part is with the writer then. Less than the object's size where it turned out to be
  // shorter. The errors of both. Call once.
  Task<Result<ObjectDigest>> Run(Call call);
  // Bytes of the parts that were not sent, because the store had them from a copy before.
  [[nodiscard]] int64_t resumed_bytes() const { return resumed_bytes_; }
  // What the writer has kept of the memory, which it needs until it is committed.
  [[nodiscard]] std::vector<CopyMemory::Loan> TakeKept() { return std::move(kept_); }

 private:
  static constexpr size_t kReadAhead = 2;
  static constexpr int kWritesAtOnce = 2;
  struct Writes;

  [[nodiscard]] size_t Count() const;
  // Waits for what the part of that number needs, if there is one: room on the wire only where it is to be sent, as far
  // as that is known.
  Task<Result<bool>> Prepare(Call call, size_t number, size_t count);
  Task<Status> Read(Call call, size_t number);
  // `writes` is held by all that wait for it: with their executor they end in any order.
  Task<Status> Take(Call call, size_t number, std::shared_ptr<Writes> writes);
  Task<void> Write(Call call, int64_t number, CopyMemory::Loan part, std::shared_ptr<Writes> writes,
                   Semaphore::Slot slot);

  OpenObject& object_;
  ObjectWriter& writer_;
  const CopyMeans means_;
  Digester digester_;
  std::vector<CopyMemory::Loan> places_;  // of parts that are not taken yet, by number
  std::vector<CopyMemory::Loan> kept_;
  int64_t resumed_bytes_ = 0;
  Status written_;  // the first error of a write
};

}  // namespace lakeferry::engine
