// PartPump: brings the parts of an object that is open to a writer. While some are written others are read, and their
// digest is taken in between, in their order.
#pragma once

#include <memory>
#include <vector>

#include "async/semaphore.h"
#include "async/task_group.h"
#include "engine/copy/object_digest.h"
#include "env/object_store.h"

namespace lakeferry::engine {

// One object. Both must outlive it. Memory: four parts.
class PartPump {
 public:
  PartPump(OpenObject& object, ObjectWriter& writer, Hashing hashing)
      : object_(object), writer_(writer), digester_(hashing), places_(kReadAhead) {}

  // Of all that was read; every part is with the writer then. Less than the object's size where it turned out to be
  // shorter. The errors of both. Call once.
  Task<Result<ObjectDigest>> Run(Call call);

 private:
  static constexpr size_t kReadAhead = 2;
  static constexpr int kWritesAtOnce = 2;
  struct Writes;

  [[nodiscard]] size_t Count() const;
  Task<Status> Read(Call call, size_t number);
  // `writes` is held by all that wait for it: with their executor they end in any order.
  Task<Status> Take(Call call, size_t number, std::shared_ptr<Writes> writes);
  Task<void> Write(Call call, size_t number, Buffer part, std::shared_ptr<Writes> writes, Semaphore::Slot slot);
  [[nodiscard]] Buffer Memory();

  OpenObject& object_;
  ObjectWriter& writer_;
  Digester digester_;
  std::vector<Buffer> places_;  // of parts that are read and not taken yet, by number
  std::vector<Buffer> spare_;   // memory that has served
  Status written_;              // the first error of a write
};

}  // namespace lakeferry::engine
