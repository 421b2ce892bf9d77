// PinnedFile: one file that is read, and that notices when its content changes meanwhile. Blocking; one thread at a
// time but where it says otherwise.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <span>
#include <string>

#include "storage/file_tree.h"
#include "storage/unique_fd.h"

namespace lakeferry {

class PinnedFile {
 public:
  // kNotFound.
  static Result<PinnedFile> Open(const FileTree& tree, const ObjectPath& path);

  [[nodiscard]] int64_t size_bytes() const { return pinned_.st_size; }
  // Fills `buffer` as far as there are bytes; 0 only at the end. kCorruptData where the file is no longer as it was
  // opened.
  Result<size_t> Read(std::span<char> buffer);
  // The same from `offset` (not negative) on, of a file of `size_bytes`, by any number of threads at once. What it
  // gives counts only after CheckUnchanged.
  Result<size_t> ReadRange(int64_t offset, int64_t size_bytes, std::span<char> buffer) const;
  // kCorruptData where the file is no longer as it was opened.
  Status CheckUnchanged();

 private:
  PinnedFile() = default;

  UniqueFd fd_;
  struct stat pinned_{};
  int64_t position_ = 0;
  std::string full_name_;
};

}  // namespace lakeferry
