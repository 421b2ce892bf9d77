// RandomAccess: the bytes of one object, read at any place in any order, so that a large file need not be held whole.
// A store opens it (env/object_store.h), a reader of files takes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace lakeferry {

// The object is pinned: if it is replaced meanwhile, a read fails with kCorruptData rather than mixing two contents.
// Blocking: called on a pool thread, by any number of threads at once.
class RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  [[nodiscard]] virtual int64_t size_bytes() const = 0;
  // Fills `buffer` from `offset` (not negative) on as far as there are bytes; 0 only at the end. Errors as those of the
  // store's reads.
  virtual Result<size_t> ReadAt(int64_t offset, std::span<char> buffer) const = 0;
};

}  // namespace lakeferry
