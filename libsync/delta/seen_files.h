// SeenFiles: which logical files a replay has met. It keeps 16 bytes a file and no path, so
// that a table of ten million files fits where their names would not. Private to the log replay.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "delta/file_hash.h"

namespace lakeferry::delta {

class SeenFiles {
 public:
  enum class Met { kFirst, kBefore, kTwice };

  // What is met from now on stands in another commit or checkpoint than what was met before.
  void NextSource() { ++source_; }
  // Whether the file is new, was met in a source before, or twice in this one.
  Met Meet(const FileHash& file);
  // Has the memory fetched that Meet will look at: of ten million files hardly any is in a cache.
  void Expect(const FileHash& file) const;

 private:
  struct Entry {
    uint64_t high = 0;
    uint32_t low = 0;
    uint32_t source = 0;  // 0: no entry
  };
  // Open addressing with linear probing. Many small tables grow one by one, so that there is never a second copy of
  // all.
  struct Shard {
    std::vector<Entry> entries;
    size_t used = 0;
  };
  static constexpr size_t kShards = 256;

  static Entry& Place(std::vector<Entry>& entries, uint64_t high, uint32_t low);
  static void Grow(Shard& shard);

  std::array<Shard, kShards> shards_;
  uint32_t source_ = 1;
};

}  // namespace lakeferry::delta
