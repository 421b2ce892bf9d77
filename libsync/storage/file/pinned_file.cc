#include "storage/file/pinned_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <string_view>
#include <tuple>
#include <utility>

#include "storage/file/errno_error.h"
#include "storage/file/file_facts.h"

namespace lakeferry {
namespace {

constexpr size_t kPiecesMax = size_t{1} << 16;
constexpr size_t kBufferBytes = size_t{256} << 10;
// Somebody who keeps touching a file must not make reading it endless.
constexpr int kAttemptsMax = 4;
constexpr int kTouchesMax = 16;
constexpr int64_t kTickNs = 20'000'000;  // the slowest clocks tick every 10 ms

bool SameTime(const timespec& a, const timespec& b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

// In every way that a change of content leaves a trace of.
bool SameState(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && SameTime(a.st_ctim, b.st_ctim) && SameTime(a.st_mtim, b.st_mtim);
}

// Whether a change now could leave the change time as it is. A server's clock may be ahead; it is not for long.
bool MayChangeUnseen(const struct stat& stat) {
  timespec now{};
  if (::clock_gettime(CLOCK_REALTIME, &now) != 0) return false;
  const int64_t seconds = now.tv_sec - stat.st_ctim.tv_sec;
  if (seconds < -1 || seconds > 1) return false;
  const int64_t since = seconds * 1'000'000'000 + now.tv_nsec - stat.st_ctim.tv_nsec;
  return since > -kTickNs && since < kTickNs;
}

std::unexpected<Error> FailChanged(const std::string& full_name, std::string_view why) {
  return Fail(ErrorCode::kCorruptData,
              fmt::format("the file changed while it was read{}{}", why.empty() ? "" : ": ", why), full_name,
              "find out who writes into it: files of a table are never changed in place");
}

}  // namespace

Result<PinnedFile> PinnedFile::Open(const FileTree& tree, const ObjectPath& path) {
  LF_TRY_OK(tree.CheckName(path));
  return OpenBelow(tree, tree.OpenRoot(), path);
}

Result<PinnedFile> PinnedFile::OpenBelow(const FileTree& tree, const UniqueFd& root, const ObjectPath& path) {
  PinnedFile file;
  file.full_name_ = tree.FullName(path);
  LF_TRY(OpenedFile opened, tree.OpenFileBelow(root, path, O_RDONLY));
  file.fd_ = std::move(opened.fd);
  file.pinned_ = opened.stat;
  file.info_ = InfoOf(path, file.pinned_);
  file.may_change_unseen_ = MayChangeUnseen(file.pinned_);
  // Advice only; a file system may refuse it. What one read takes needs none.
  if (std::cmp_greater(file.pinned_.st_size, kBufferBytes)) {
    std::ignore = ::posix_fadvise(file.fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  return file;
}

Result<size_t> PinnedFile::ReadRange(int64_t offset, int64_t size_bytes, std::span<char> buffer) const {
  const size_t wanted = std::min(buffer.size(), static_cast<size_t>(std::max<int64_t>(0, size_bytes - offset)));
  size_t done = 0;
  while (done < wanted) {
    const ssize_t got = ::pread(fd_.get(), buffer.data() + done, wanted - done, offset + static_cast<int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == ESTALE) return FailChanged(full_name_, {});
    if (got < 0) return FailErrno(errno, "cannot read the file", full_name_);
    if (got == 0) return FailChanged(full_name_, {});
    done += static_cast<size_t>(got);
  }
  return done;
}

Status PinnedFile::Confirm(int64_t offset, std::span<const char> bytes, int touches) {
  if (bytes.empty()) return CheckUnchanged();
  const bool follows =
      !pieces_.empty() && pieces_.back().kept.empty() && pieces_.back().offset + pieces_.back().size == offset;
  if (!follows) {
    if (pieces_.size() == kPiecesMax) return FailChanged(full_name_, "it is read in too many places to be compared");
    pieces_.push_back({.offset = offset});
  }
  pieces_.back().crc.Update(bytes);
  pieces_.back().size += static_cast<int64_t>(bytes.size());
  return ConfirmRead(touches);
}

Status PinnedFile::ConfirmKept(int64_t offset, std::span<const char> bytes, int touches) {
  if (bytes.empty()) return CheckUnchanged();
  pieces_.push_back({.offset = offset, .size = static_cast<int64_t>(bytes.size()), .crc = {}, .kept = bytes});
  return ConfirmRead(touches);
}

// After the read, so that what is handed out was read while the file was as pinned.
Status PinnedFile::ConfirmRead(int touches) {
  // Read before somebody else's look at what was handed out: these bytes were not among it.
  return touches != touches_ ? ReadAgain(pinned_) : CheckUnchanged();
}

Status PinnedFile::CheckUnchanged() {
  struct stat now{};
  if (::fstat(fd_.get(), &now) != 0) return FailErrno(errno, "cannot read the file's status", full_name_);
  return SameState(now, pinned_) && !may_change_unseen_ ? Status() : ReadAgain(now);
}

Status PinnedFile::ReadAgain(struct stat now) {
  for (int attempt = 0; attempt < kAttemptsMax && touches_ < kTouchesMax; ++attempt) {
    if (now.st_size != pinned_.st_size) return FailChanged(full_name_, {});
    // Before it is read: what changes after this is seen.
    may_change_unseen_ = MayChangeUnseen(now);
    LF_TRY(const bool same, HoldsPieces());
    if (!same) return FailChanged(full_name_, {});
    struct stat after{};
    if (::fstat(fd_.get(), &after) != 0) return FailErrno(errno, "cannot read the file's status", full_name_);
    if (SameState(after, now)) {
      if (!SameState(now, pinned_)) ++touches_;
      pinned_ = now;
      return {};
    }
    now = after;
  }
  return FailChanged(full_name_, "it was touched again and again");
}

Result<bool> PinnedFile::HoldsPieces() const {
  std::vector<char> buffer(kBufferBytes);
  for (const Piece& piece : pieces_) {
    Crc64 crc;
    for (int64_t done = 0; done < piece.size;) {
      const auto left = static_cast<size_t>(std::min<int64_t>(piece.size - done, kBufferBytes));
      LF_TRY(const size_t got,
             ReadRange(piece.offset + done, piece.offset + piece.size, std::span(buffer).first(left)));
      crc.Update(std::span(buffer).first(got));
      done += static_cast<int64_t>(got);
    }
    Crc64 handed_out = piece.crc;
    handed_out.Update(piece.kept);
    if (crc.value() != handed_out.value()) return false;
  }
  return true;
}

}  // namespace lakeferry
