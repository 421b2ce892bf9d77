// Which objects go together where a store gains by that, and how many of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "env/object_store.h"

namespace lakeferry::engine {

// An object is small up to this size. All that go together are held in memory.
inline constexpr int64_t kSmallObjectBytes = int64_t{64} << 10;

// So many go from one store to the other together; 1: each by itself.
[[nodiscard]] inline size_t TogetherMax(const ObjectStore& from, const ObjectStore& to) {
  return std::min(from.traits().batch_max, to.traits().batch_max);
}

}  // namespace lakeferry::engine
