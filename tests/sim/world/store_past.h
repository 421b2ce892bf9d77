// StorePast: what stores held a while ago, for listings that are behind. One thread.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "tests/support/memory_store.h"

namespace lakeferry::sim {

// Of what processes wrote; what others did to a store is seen at once.
class StorePast {
 public:
  using Objects = std::map<std::string, MemoryStore::Object>;

  // Before `path` of `store` is changed at `now`.
  void Note(MemoryStore& store, const std::string& path, TimeMs now);
  // What `store` held at `then`, which is not longer ago than is remembered.
  [[nodiscard]] Objects At(MemoryStore& store, TimeMs then) const;

  static constexpr Millis kRemembered{30'000};

 private:
  struct Change {
    MemoryStore* store;
    std::string path;
    std::optional<MemoryStore::Object> before;  // absent: it was not there
    TimeMs when;
  };

  std::deque<Change> changes_;  // oldest first
};

}  // namespace lakeferry::sim
