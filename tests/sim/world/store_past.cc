#include "tests/sim/world/store_past.h"

#include <ranges>

namespace lakeferry::sim {

void StorePast::Note(MemoryStore& store, const std::string& path, TimeMs now) {
  while (!changes_.empty() && changes_.front().when < now - kRemembered) changes_.pop_front();
  const auto there = store.objects().find(path);
  changes_.push_back({.store = &store,
                      .path = path,
                      .before = there == store.objects().end() ? std::nullopt : std::optional(there->second),
                      .when = now});
}

StorePast::Objects StorePast::At(MemoryStore& store, TimeMs then) const {
  Objects objects = store.objects();
  for (const Change& change : changes_ | std::views::reverse) {
    if (change.when <= then) break;
    if (change.store != &store) continue;
    if (change.before) {
      objects.insert_or_assign(change.path, *change.before);
    } else {
      objects.erase(change.path);
    }
  }
  return objects;
}

}  // namespace lakeferry::sim
