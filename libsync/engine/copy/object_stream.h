// ObjectStream: writes one object front to back, in the parts that its writer takes, so that what is written is never
// whole in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "base/crc64.h"
#include "base/result.h"
#include "env/object_store.h"

namespace lakeferry::engine {

class ObjectStream {
 public:
  explicit ObjectStream(std::unique_ptr<ObjectWriter> writer) : writer_(std::move(writer)) {}

  // `bytes` must live until the task ends.
  Task<Status> Append(Call call, std::string_view bytes);
  // Publishes what was appended unless an object of that name exists. kOutcomeUnknown when the answer was lost.
  Task<Result<PutOutcome>> Publish(Call call);
  // As ObjectWriter::Abort, and tried only: what cannot be taken away is left.
  Task<void> GiveUp(Call call);

 private:
  Task<Status> Flush(Call call);

  std::unique_ptr<ObjectWriter> writer_;
  Buffer part_;
  int64_t number_ = 0;  // of the part
  int64_t size_ = 0;
  uint64_t crc64_ = Crc64().value();  // of the parts so far
};

}  // namespace lakeferry::engine
