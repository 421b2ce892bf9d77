#include "storage/file/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <tuple>
#include <utility>

#include "base/digest.h"
#include "storage/file/errno_error.h"
#include "storage/file/shared_sync.h"

namespace lakeferry {
namespace {

// A longer write takes the page cache in larger pieces. On a virtual machine that gives its free memory back those have
// to be fetched from the host again, page by page: there it costs five times as much.
constexpr size_t kWriteBytes = size_t{128} << 10;

// Collisions are harmless: the name is opened with O_EXCL.
std::string TemporaryName() {
  uint64_t random = 0;
  if (::getrandom(&random, sizeof(random), 0) != sizeof(random)) random = static_cast<uint64_t>(::getpid());
  return ".lakeferry-" + Hex64(random) + ".tmp";
}

bool HasNoUnnamedFiles(int error_number) {
  return error_number == EOPNOTSUPP || error_number == EISDIR || error_number == ENOENT || error_number == EINVAL;
}

UniqueFd OpenUnnamed(int folder_fd) {
  return UniqueFd(::openat(folder_fd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, NewFile::kMode));
}

UniqueFd OpenNamed(int folder_fd, const std::string& name) {
  return UniqueFd(::openat(folder_fd, name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, NewFile::kMode));
}

int LinkUnnamed(int fd, int folder_fd, const std::string& name) {
  // Without CAP_DAC_READ_SEARCH, and with kernels before 6.10, by way of /proc.
  if (::linkat(fd, "", folder_fd, name.c_str(), AT_EMPTY_PATH) == 0) return 0;
  if (errno != ENOENT) return errno;
  const std::string source = fmt::format("/proc/self/fd/{}", fd);
  return ::linkat(AT_FDCWD, source.c_str(), folder_fd, name.c_str(), AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

// A folder that somebody removed while the file was written is worth another try.
std::unexpected<Error> FailPublish(int error_number, const std::string& full_name) {
  Error error = ErrnoError(error_number, "cannot publish the file", full_name);
  if (error_number == ENOENT) error.code = ErrorCode::kUnavailable;
  return std::unexpected(std::move(error));
}

}  // namespace

namespace {

Error NameNotDurable(int error_number, PutOutcome outcome, const std::string& full_name) {
  if (outcome == PutOutcome::kExisted) {
    return ErrnoError(error_number, "cannot make the existing file's name durable", full_name);
  }
  Error error = ErrnoError(error_number, "the file is there, but its name may not survive a power cut", full_name);
  error.code = ErrorCode::kOutcomeUnknown;
  return error;
}

// After EEXIST.
Status CheckNoFolder(int folder_fd, const std::string& name, const std::string& full_name) {
  struct stat stat{};
  if (::fstatat(folder_fd, name.c_str(), &stat, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(stat.st_mode)) {
    return FailErrno(EISDIR, "cannot create the file", full_name);
  }
  return {};
}

}  // namespace

Status ConfirmExisting(int folder_fd, const std::string& name, const std::string& full_name) {
  LF_TRY_OK(CheckNoFolder(folder_fd, name, full_name));
  const int failed = SyncItself(folder_fd);
  if (failed != 0) return std::unexpected(NameNotDurable(failed, PutOutcome::kExisted, full_name));
  return {};
}

Status SyncPublished(int folder_fd, const std::string& full_name) {
  const int failed = SyncItself(folder_fd);
  if (failed == 0) return {};
  return std::unexpected(NameNotDurable(failed, PutOutcome::kCreated, full_name));
}

Result<NewFile> NewFile::Create(std::shared_ptr<const UniqueFd> folder, std::string name, std::string full_name,
                                Kind kind) {
  NewFile file;
  file.folder_ = std::move(folder);
  file.name_ = std::move(name);
  file.full_name_ = std::move(full_name);
  if (kind == Kind::kUnnamed) {
    file.file_ = OpenUnnamed(file.folder_->get());
    if (file.file_.valid()) return file;
    if (!HasNoUnnamedFiles(errno)) return FailErrno(errno, "cannot create a file", file.full_name_);
  }
  std::string temporary = TemporaryName();
  file.file_ = OpenNamed(file.folder_->get(), temporary);
  if (!file.file_.valid()) {
    Error error = ErrnoError(errno, "cannot create a file", file.full_name_);
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kUnavailable;  // the folder was removed just now
    return std::unexpected(std::move(error));
  }
  file.temporary_name_ = std::make_unique<std::string>(std::move(temporary));
  return file;
}

NewFile::~NewFile() {
  if (temporary_name_) ::unlinkat(folder_->get(), temporary_name_->c_str(), 0);
}

Status NewFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), std::min(bytes.size(), kWriteBytes));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FailErrno(errno, "cannot write the file", full_name_);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Status NewFile::WriteAt(int64_t offset, std::span<const char> bytes) const {
  const int64_t begin = offset;
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_.get(), bytes.data(), std::min(bytes.size(), kWriteBytes), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FailErrno(errno, "cannot write the file", full_name_);
    bytes = bytes.subspan(static_cast<size_t>(written));
    offset += written;
  }
  // The device begins while the rest is copied, so that there is less to wait for at the end. Advice only.
  std::ignore = ::sync_file_range(file_.get(), begin, offset - begin, SYNC_FILE_RANGE_WRITE);
  return {};
}

Status NewFile::Discard() {
  if (temporary_name_ && ::unlinkat(folder_->get(), temporary_name_->c_str(), 0) != 0 && errno != ENOENT) {
    return FailErrno(errno, "cannot delete the unfinished file", full_name_);
  }
  temporary_name_.reset();
  file_ = UniqueFd();
  return {};
}

Status NewFile::CheckSize(int64_t size_bytes) const {
  struct stat stat{};
  if (::fstat(file_.get(), &stat) != 0) return FailErrno(errno, "cannot read the file's status", full_name_);
  if (stat.st_size == size_bytes) return {};
  return Fail(ErrorCode::kCorruptData,
              fmt::format("the file came to {} bytes where {} were to be written", stat.st_size, size_bytes),
              full_name_);
}

Result<bool> NewFile::SetModified(TimeMs modified) {
  const int64_t ms = ToEpochMs(modified);
  const int64_t rest = (ms % 1000 + 1000) % 1000;  // before 1970 the seconds are rounded down, too
  const timespec time{.tv_sec = ms / 1000 - (ms % 1000 < 0 ? 1 : 0), .tv_nsec = rest * 1'000'000};
  const timespec access_and_modified[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, time};
  if (::futimens(file_.get(), access_and_modified) == 0) return true;
  if (errno == EOPNOTSUPP || errno == ENOSYS) return false;
  return FailErrno(errno, "cannot set the file's modification time", full_name_);
}

int NewFile::Link() { return temporary_name_ ? LinkNamed() : LinkUnnamed(file_.get(), folder_->get(), name_); }

int NewFile::LinkNamed() {
  if (::linkat(folder_->get(), temporary_name_->c_str(), folder_->get(), name_.c_str(), 0) == 0) return 0;
  const int error_number = errno;
  if (error_number == EEXIST) {
    // A network file system that repeats a lost request may report our own link as somebody else's.
    struct stat stat{};
    const bool ours = ::fstat(file_.get(), &stat) == 0 && stat.st_nlink > 1;
    return ours ? 0 : EEXIST;
  }
  if (error_number != EPERM && error_number != EOPNOTSUPP && error_number != EMLINK) return error_number;
  // A file system without hard links.
  if (::renameat2(folder_->get(), temporary_name_->c_str(), folder_->get(), name_.c_str(), RENAME_NOREPLACE) != 0) {
    return errno;
  }
  temporary_name_.reset();
  return 0;
}

Error NewFile::ContentNotDurable(int error_number) const {
  return ErrnoError(error_number, "cannot make the file durable", full_name_);
}

Error NewFile::NameNotDurable(int error_number, PutOutcome outcome) const {
  return ::lakeferry::NameNotDurable(error_number, outcome, full_name_);
}

Result<PutOutcome> NewFile::LinkIfAbsent() {
  const int error_number = Link();
  if (error_number == EEXIST) {
    LF_TRY_OK(CheckNoFolder(folder_->get(), name_, full_name_));
    return PutOutcome::kExisted;
  }
  if (error_number != 0) return FailPublish(error_number, full_name_);
  if (temporary_name_ && ::unlinkat(folder_->get(), temporary_name_->c_str(), 0) == 0) temporary_name_.reset();
  return PutOutcome::kCreated;
}

Result<PutOutcome> NewFile::PublishIfAbsent(std::optional<int64_t> size_bytes) {
  if (size_bytes) LF_TRY_OK(CheckSize(*size_bytes));
  if (::fsync(file_.get()) != 0) return std::unexpected(ContentNotDurable(errno));
  LF_TRY(const PutOutcome outcome, LinkIfAbsent());
  const int failed = SyncItself(folder_->get());
  if (failed != 0) return std::unexpected(NameNotDurable(failed, outcome));
  return outcome;
}

Status NewFile::Replace() {
  if (::fsync(file_.get()) != 0) return FailErrno(errno, "cannot make the file durable", full_name_);
  if (::renameat(folder_->get(), temporary_name_->c_str(), folder_->get(), name_.c_str()) != 0) {
    return FailPublish(errno, full_name_);
  }
  temporary_name_.reset();
  return SyncPublished(folder_->get(), full_name_);
}

}  // namespace lakeferry
