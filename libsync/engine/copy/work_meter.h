// WorkMeter: who is told how far a copy has come.
#pragma once

#include <cstdint>

#include "async/task.h"

namespace lakeferry::engine {

class WorkMeter {
 public:
  virtual ~WorkMeter() = default;
  // What is to be copied, before the first of it is.
  virtual void Begin(int64_t files, int64_t bytes) = 0;
  // So much of it is there now. Never fails: who counts stops no copy.
  virtual Task<void> Note(Call call, int64_t files, int64_t bytes) = 0;
  // So many bytes of what is copied were not sent: a copy that broke off had sent them.
  virtual void NoteResumed(int64_t bytes) = 0;
};

}  // namespace lakeferry::engine
