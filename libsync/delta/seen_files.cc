#include "delta/seen_files.h"

#include <utility>

namespace lakeferry::delta {
namespace {

constexpr size_t kFirstEntries = 16;

}  // namespace

SeenFiles::Entry& SeenFiles::Place(std::vector<Entry>& entries, uint64_t high, uint32_t low) {
  const size_t mask = entries.size() - 1;
  for (size_t at = high & mask;; at = (at + 1) & mask) {
    Entry& entry = entries[at];
    if (entry.source == 0 || (entry.high == high && entry.low == low)) return entry;
  }
}

void SeenFiles::Grow(Shard& shard) {
  std::vector<Entry> before = std::exchange(shard.entries, {});
  shard.entries.resize(before.empty() ? kFirstEntries : before.size() * 2);
  for (const Entry& entry : before) {
    if (entry.source != 0) Place(shard.entries, entry.high, entry.low) = entry;
  }
}

SeenFiles::Met SeenFiles::Meet(const FileHash& file) {
  Shard& shard = shards_[file.high >> 56];
  if (shard.used * 4 >= shard.entries.size() * 3) Grow(shard);
  Entry& entry = Place(shard.entries, file.high, file.low);
  if (entry.source == 0) {
    entry = {.high = file.high, .low = file.low, .source = source_};
    ++shard.used;
    return Met::kFirst;
  }
  if (entry.source == source_) return Met::kTwice;
  entry.source = source_;
  return Met::kBefore;
}

void SeenFiles::Expect(const FileHash& file) const {
  const Shard& shard = shards_[file.high >> 56];
  if (!shard.entries.empty()) __builtin_prefetch(&shard.entries[file.high & (shard.entries.size() - 1)], 1);
}

}  // namespace lakeferry::delta
