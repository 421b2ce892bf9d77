// Scratch: room outside of memory for bytes that wait for their reader. Nothing of it outlives the process.
#pragma once

#include <memory>
#include <string_view>

#include "base/random_access.h"
#include "base/result.h"

namespace lakeferry {

// Gone when it is destroyed, and when the process ends in whatever way. Nobody else can reach it. No Append while
// another thread reads.
class ScratchFile : public RandomAccess {
 public:
  // Blocking: called on a pool. kOutOfSpace, kUnavailable, kInternal; after an error it can only be destroyed.
  virtual Status Append(std::string_view bytes) = 0;
};

class Scratch {
 public:
  virtual ~Scratch() = default;
  // A new, empty file. Blocking: called on a pool, by any number of threads at once. kOutOfSpace, kUnauthorized,
  // kUnavailable, kNotFound for a folder that is not there, kInternal.
  virtual Result<std::unique_ptr<ScratchFile>> Open() = 0;
};

}  // namespace lakeferry
