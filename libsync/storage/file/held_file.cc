#include "storage/file/held_file.h"

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

Result<CopyOutcome> HeldFile::LinkInto(FileTree& to, const ObjectPath& path) {
  const std::scoped_lock lock(mutex_);
  return PlaceByLink(file_, to, path);
}

}  // namespace lakeferry
