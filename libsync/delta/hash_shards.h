// HashShards: a hash table of small entries that stand for files, for ten millions of them. Open addressing with linear
// probing; many small tables grow one by one and by half, so that there is never a second copy of all, and an entry
// takes from 4/3 to 2 times its size. Private to what is built on it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "delta/file_hash.h"

namespace lakeferry::delta {

// `Entry` is made empty, and has `empty()` and `Is(const FileHash&)`, and `hash_high()` of one that is not.
template <typename Entry>
class HashShards {
 public:
  // The file's entry, or an empty one, which the caller fills at once. References hold until the next call of it.
  Entry& SlotOf(const FileHash& file) {
    Shard& shard = shards_[file.high >> 56];
    if (shard.used * 4 >= shard.entries.size() * 3) Grow(shard);
    Entry& entry = Probe(shard.entries, file);
    if (entry.empty()) ++shard.used;
    return entry;
  }
  // Null where the file has none.
  [[nodiscard]] Entry* Find(const FileHash& file) {
    Shard& shard = shards_[file.high >> 56];
    if (shard.entries.empty()) return nullptr;
    Entry& entry = Probe(shard.entries, file);
    return entry.empty() ? nullptr : &entry;
  }
  [[nodiscard]] const Entry* Find(const FileHash& file) const { return const_cast<HashShards*>(this)->Find(file); }
  // Has the memory fetched that the others will look at: of ten million files hardly any is in a cache.
  void Expect(const FileHash& file) const {
    const Shard& shard = shards_[file.high >> 56];
    if (!shard.entries.empty()) __builtin_prefetch(&shard.entries[Home(file.high, shard.entries.size())], 1);
  }
  void Clear() { shards_ = {}; }

 private:
  struct Shard {
    std::vector<Entry> entries;
    size_t used = 0;
  };
  static constexpr size_t kShards = 256;
  static constexpr size_t kFirstEntries = 16;
  // Smaller tables double, which copies an entry once where growth by half does it twice.
  static constexpr size_t kDoublesBelow = 1024;

  // Where an entry belongs among `size`; the bits that name the shard say nothing within it.
  static size_t Home(uint64_t high, size_t size) { return uint64_t{static_cast<uint32_t>(high)} * size >> 32; }
  static size_t After(size_t at, size_t size) { return at + 1 == size ? 0 : at + 1; }
  static Entry& Probe(std::vector<Entry>& entries, const FileHash& file) {
    for (size_t at = Home(file.high, entries.size());; at = After(at, entries.size())) {
      Entry& entry = entries[at];
      if (entry.empty() || entry.Is(file)) return entry;
    }
  }
  static void Grow(Shard& shard) {
    const std::vector<Entry> before = std::exchange(shard.entries, {});
    const size_t more = before.size() < kDoublesBelow ? before.size() : before.size() / 2;
    const size_t size = before.empty() ? kFirstEntries : before.size() + more;
    shard.entries.resize(size);
    for (const Entry& entry : before) {
      if (entry.empty()) continue;
      size_t at = Home(entry.hash_high(), size);
      while (!shard.entries[at].empty()) at = After(at, size);
      shard.entries[at] = entry;
    }
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace lakeferry::delta
