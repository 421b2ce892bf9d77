// FileBundles: the files of a change, in their order, as they are copied: each by itself, or small ones that follow one
// another together, where a store gains by that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/change/files_to_send.h"
#include "engine/copy/small_objects.h"

namespace lakeferry::engine {

class FileBundles {
 public:
  // A file is small up to this size, as the log says it.
  static constexpr int64_t kSmallBytes = kSmallObjectBytes;

  // At most `files_max` in one, and `bytes_max` of all their bytes. `reader` must outlive it.
  FileBundles(FileReader& reader, size_t files_max, size_t bytes_max)
      : reader_(reader), files_max_(files_max), bytes_max_(static_cast<int64_t>(bytes_max)) {}

  // The next one; empty at the end. All of one bundle are read at the source's own root. The reader's errors.
  Task<Result<std::vector<plan::FileToSend>>> Next();

 private:
  FileReader& reader_;
  const size_t files_max_;
  const int64_t bytes_max_;
  std::optional<plan::FileToSend> ahead_;  // the first of the next one
};

}  // namespace lakeferry::engine
