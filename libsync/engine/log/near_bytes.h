// NearBytes: an object's bytes for a reader that blocks and jumps about, as that of Parquet does. Such a reader never
// waits for a network, for it would hold a thread of a pool: what lies far away is brought first.
#pragma once

#include <memory>

#include "base/random_access.h"
#include "base/result.h"
#include "engine/environment.h"
#include "env/object_store.h"

namespace lakeferry::engine {

class NearBytes {
 public:
  // Of an object that is open, which must outlive it; where its bytes are far, they are brought into memory if they are
  // few, into scratch otherwise, several ranges side by side. The store's errors and the scratch's. Memory: 16 MiB.
  static Task<Result<NearBytes>> Of(Call call, const Environment& env, OpenObject& object);

  [[nodiscard]] const RandomAccess& access() const { return *access_; }

 private:
  explicit NearBytes(const RandomAccess* local) : access_(local) {}
  explicit NearBytes(std::unique_ptr<const RandomAccess> own) : access_(own.get()), own_(std::move(own)) {}

  const RandomAccess* access_;
  std::unique_ptr<const RandomAccess> own_;
};

}  // namespace lakeferry::engine
