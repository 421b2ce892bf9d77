// CommitStream: writes a commit line by line into a log, so that one with a million actions is never whole in memory.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "env/object_store.h"

namespace lakeferry::engine {

class CommitStream {
 public:
  explicit CommitStream(std::unique_ptr<ObjectWriter> writer) : writer_(std::move(writer)) {}

  // Adds one line (without line end).
  Task<Status> Append(Call call, std::string line);
  // Publishes the commit unless its version exists. kOutcomeUnknown when the answer was lost.
  Task<Result<PutOutcome>> Publish(Call call);

 private:
  std::unique_ptr<ObjectWriter> writer_;
  std::string buffer_;
};

}  // namespace lakeferry::engine
