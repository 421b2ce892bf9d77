#include "storage/pinned_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <tuple>
#include <utility>

#include "storage/errno_error.h"

namespace lakeferry {
namespace {

bool SameTime(const timespec& a, const timespec& b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

std::unexpected<Error> FailChanged(const std::string& full_name) {
  return Fail(ErrorCode::kCorruptData, "the file changed while it was read", full_name,
              "find out who writes into it: files of a table are never changed in place");
}

}  // namespace

Result<PinnedFile> PinnedFile::Open(const FileTree& tree, const ObjectPath& path) {
  PinnedFile file;
  file.full_name_ = tree.FullName(path);
  LF_TRY(file.fd_, tree.OpenFile(path, O_RDONLY));
  if (::fstat(file.fd_.get(), &file.pinned_) != 0) {
    return FailErrno(errno, "cannot read the file's status", file.full_name_);
  }
  // Advice only; a file system may refuse it.
  std::ignore = ::posix_fadvise(file.fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return file;
}

Result<size_t> PinnedFile::Read(std::span<char> buffer) {
  LF_TRY(const size_t done, ReadRange(position_, pinned_.st_size, buffer));
  position_ += static_cast<int64_t>(done);
  // After the read, so that what is handed out was read while the file was as pinned.
  LF_TRY_OK(CheckUnchanged());
  return done;
}

Result<size_t> PinnedFile::ReadRange(int64_t offset, int64_t size_bytes, std::span<char> buffer) const {
  const size_t wanted = std::min(buffer.size(), static_cast<size_t>(std::max<int64_t>(0, size_bytes - offset)));
  size_t done = 0;
  while (done < wanted) {
    const ssize_t got = ::pread(fd_.get(), buffer.data() + done, wanted - done, offset + static_cast<int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == ESTALE) return FailChanged(full_name_);
    if (got < 0) return FailErrno(errno, "cannot read the file", full_name_);
    if (got == 0) return FailChanged(full_name_);
    done += static_cast<size_t>(got);
  }
  return done;
}

Status PinnedFile::CheckUnchanged() {
  struct stat now{};
  if (::fstat(fd_.get(), &now) != 0) return FailErrno(errno, "cannot read the file's status", full_name_);
  if (now.st_size != pinned_.st_size) return FailChanged(full_name_);
  if (SameTime(now.st_mtim, pinned_.st_mtim)) return {};
  // A placement by hard link sets the time and adds a name; the bytes are the same.
  if (now.st_nlink <= pinned_.st_nlink) return FailChanged(full_name_);
  pinned_ = now;
  return {};
}

}  // namespace lakeferry
