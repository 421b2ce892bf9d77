// HeldFile: a file that is held open and read at any place by any number of threads, and that can be given another
// name. Blocking.
#pragma once

#include <mutex>
#include <string>
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
  // Reads all of a file of at most `bytes`, before anybody else uses this; a read that fails is told to whoever asks
  // for the bytes.
  void ReadFront(size_t bytes);
  // The whole content, where that read it; else empty.
  [[nodiscard]] const std::string& front() const { return front_; }
  // As PlaceByLink (storage/file/file_placement.h).
  Result<CopyOutcome> LinkInto(FileTree& to, const ObjectPath& path);

 private:
  mutable std::mutex mutex_;  // guards what was handed out, and what is known of the file
  mutable PinnedFile file_;
  const ObjectInfo info_;
  std::string front_;
};

}  // namespace lakeferry
