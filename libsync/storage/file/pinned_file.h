// PinnedFile: one file that is read, and that notices when its content changes meanwhile. Blocking; one thread at a
// time but where it says otherwise.
//
// A file that was touched in any way has another change time (ctime), which nobody can put back. Then what was handed
// out is read once more and compared by checksum: a new name, new rights or a deletion leave the bytes as they were,
// and reading goes on; another content does not pass, whatever its modification time says. Times are kept by the tick
// of the kernel's clock: of a file that was changed within the last one they tell nothing, and it is read again too.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/crc64.h"
#include "storage/file/file_tree.h"
#include "storage/file/unique_fd.h"

namespace lakeferry {

class PinnedFile {
 public:
  // kNotFound.
  static Result<PinnedFile> Open(const FileTree& tree, const ObjectPath& path);
  // The same below `root`, which FileTree::OpenRoot gave.
  static Result<PinnedFile> OpenBelow(const FileTree& tree, const UniqueFd& root, const ObjectPath& path);

  [[nodiscard]] int64_t size_bytes() const { return info_.size_bytes; }
  // As it was when it was opened.
  [[nodiscard]] const ObjectInfo& info() const { return info_; }
  [[nodiscard]] int fd() const { return fd_.get(); }
  // For errors.
  [[nodiscard]] const std::string& full_name() const { return full_name_; }
  // Fills `buffer` from `offset` (not negative) on, of a file of `size_bytes`, as far as there are bytes; 0 only at the
  // end. By any number of threads at once. What it gives counts only after Confirm. kCorruptData where the file is
  // shorter than that.
  Result<size_t> ReadRange(int64_t offset, int64_t size_bytes, std::span<char> buffer) const;
  // How often the file was found touched and its content as before. Asked before ReadRange, for Confirm.
  [[nodiscard]] int touches() const { return touches_; }
  // That `bytes`, read from `offset` on after `touches` was asked, belong to the same content as all that was confirmed
  // before. kCorruptData where they do not.
  Status Confirm(int64_t offset, std::span<const char> bytes, int touches);
  // The same for bytes that stay where they are for as long as this does: their checksum is taken once it is needed.
  Status ConfirmKept(int64_t offset, std::span<const char> bytes, int touches);
  // kCorruptData where what was handed out is not what the file holds.
  Status CheckUnchanged();

 private:
  // Neighbours in the file that were read one after the other are one piece.
  struct Piece {
    int64_t offset = 0;
    int64_t size = 0;
    Crc64 crc;                     // of what is not kept
    std::span<const char> kept{};  // all of it, or nothing
  };
  PinnedFile() = default;
  Status ConfirmRead(int touches);
  Status ReadAgain(struct stat now);
  [[nodiscard]] Result<bool> HoldsPieces() const;

  UniqueFd fd_;
  struct stat pinned_{};
  ObjectInfo info_;
  std::string full_name_;
  std::vector<Piece> pieces_;  // what was handed out
  int touches_ = 0;
  bool may_change_unseen_ = false;
};

}  // namespace lakeferry
