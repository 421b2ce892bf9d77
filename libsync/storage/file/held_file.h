// HeldFile: a file that is held open and read at any place by any number of threads, and that can be given another
// name. Blocking.
#pragma once

#include <mutex>
#include <utility>

#include "base/random_access.h"
#include "env/object_store.h"
#include "storage/file/file_tree.h"
#include "storage/file/pinned_file.h"

namespace lakeferry {

class HeldFile final : public HeldObject, public RandomAccess {
 public:
  explicit HeldFile(PinnedFile file) : file_(std::move(file)), info_(file_.info()) {}

  // As it was when it was opened.
  [[nodiscard]] const ObjectInfo& info() const { return info_; }
  [[nodiscard]] const std::string& full_name() const { return file_.full_name(); }
  [[nodiscard]] int64_t size_bytes() const override { return info_.size_bytes; }
  Result<size_t> ReadAt(int64_t offset, std::span<char> buffer) const override;
  // As PlaceByLink (storage/file/file_placement.h).
  Result<CopyOutcome> LinkInto(FileTree& to, const ObjectPath& path);

 private:
  mutable std::mutex mutex_;  // guards what was handed out, and what is known of the file
  mutable PinnedFile file_;
  const ObjectInfo info_;
};

}  // namespace lakeferry
