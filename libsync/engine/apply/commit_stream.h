// CommitStream: writes a commit line by line into a log, so that one with a million actions is never whole in memory.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "engine/copy/object_stream.h"

namespace lakeferry::engine {

class CommitStream {
 public:
  explicit CommitStream(std::unique_ptr<ObjectWriter> writer) : stream_(std::move(writer)) {}

  // Adds one line (without line end).
  Task<Status> Append(Call call, std::string line);
  // Publishes the commit unless its version exists. kOutcomeUnknown when the answer was lost.
  Task<Result<PutOutcome>> Publish(Call call) { return stream_.Publish(call); }
  // Leaves nothing of it.
  Task<void> GiveUp(Call call) { return stream_.GiveUp(call); }

 private:
  ObjectStream stream_;
};

}  // namespace lakeferry::engine
