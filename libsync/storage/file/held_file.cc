#include "storage/file/held_file.h"

#include <span>
#include <utility>

#include "storage/file/file_placement.h"

namespace lakeferry {

Result<size_t> HeldFile::ReadAt(int64_t offset, std::span<char> buffer) const {
  int touches = 0;
  {
    const std::scoped_lock lock(mutex_);
    touches = file_.touches();
  }
  LF_TRY(const size_t got, file_.ReadRange(offset, info_.size_bytes, buffer));
  const std::scoped_lock lock(mutex_);
  LF_TRY_OK(file_.Confirm(offset, buffer.first(got), touches));
  return got;
}

void HeldFile::ReadFront(size_t bytes) {
  if (std::cmp_greater(size_bytes(), bytes)) return;
  Status read;
  front_.resize_and_overwrite(static_cast<size_t>(size_bytes()), [this, &read](char* memory, size_t room) {
    const Result<size_t> got = file_.ReadRange(0, size_bytes(), std::span(memory, room));
    read = got ? Status() : std::unexpected(got.error());
    return got ? *got : 0;
  });
  if (read) read = file_.ConfirmKept(0, front_, 0);
  if (!read) front_.clear();
}

Result<CopyOutcome> HeldFile::LinkInto(FileTree& to, const ObjectPath& path) {
  const std::scoped_lock lock(mutex_);
  return PlaceByLink(file_, to, path);
}

}  // namespace lakeferry
