// SeenFiles: which logical files a walk over all of a table's has met, the log replay first of all. It keeps 16 bytes a
// file and no path, so that a table of ten million files fits where their names would not.
#pragma once

#include <cstdint>

#include "delta/file_hash.h"
#include "delta/hash_shards.h"

namespace lakeferry::delta {

class SeenFiles {
 public:
  enum class Met { kFirst, kBefore, kTwice };

  // What is met from now on stands in another commit or checkpoint than what was met before.
  void NextSource() { ++source_; }
  // Whether the file is new, was met in a source before, or twice in this one.
  Met Meet(const FileHash& file);
  // Whether it was met.
  [[nodiscard]] bool Has(const FileHash& file) const { return files_.Find(file) != nullptr; }
  // Meet will soon be asked of this file.
  void Expect(const FileHash& file) const { files_.Expect(file); }

 private:
  struct Entry {
    uint64_t high = 0;
    uint32_t low = 0;
    uint32_t source = 0;  // 0: no entry

    [[nodiscard]] bool empty() const { return source == 0; }
    [[nodiscard]] bool Is(const FileHash& file) const { return high == file.high && low == file.low; }
    [[nodiscard]] uint64_t hash_high() const { return high; }
  };

  HashShards<Entry> files_;
  uint32_t source_ = 1;
};

}  // namespace lakeferry::delta
