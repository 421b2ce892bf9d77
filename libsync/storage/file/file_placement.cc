#include "storage/file/file_placement.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "storage/file/errno_error.h"
#include "storage/file/file_facts.h"
#include "storage/file/new_file.h"

namespace lakeferry {
namespace {

constexpr mode_t kRights = 07777;
constexpr mode_t kWritableByOthers = S_IWGRP | S_IWOTH;

// Without changing it, as umask(2) would for a moment, for all threads. Absent where /proc does not tell.
std::optional<mode_t> ReadUmask() {
  constexpr std::string_view kKey = "Umask:";
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(kKey)) continue;
    const size_t digits = line.find_first_of("01234567");
    unsigned mask = 0;
    if (digits == std::string::npos) return std::nullopt;
    const auto [end, error] = std::from_chars(line.data() + digits, line.data() + line.size(), mask, 8);
    return error == std::errc() ? std::optional<mode_t>(mask) : std::nullopt;
  }
  return std::nullopt;
}

// Nothing here changes it, and asking is as dear as all else that is asked of a file.
std::optional<mode_t> Umask() {
  static const std::optional<mode_t> mask = ReadUmask();
  return mask;
}

// True where it cannot be known.
bool MayHaveList(int fd, const char* access_list) {
  return ::fgetxattr(fd, access_list, nullptr, 0) >= 0 || (errno != ENODATA && errno != EOPNOTSUPP);
}

// Whether the file is as a new one of ours in the folder would be, and nobody else can write it. Another name may be
// anybody's: only a file that has a single one is taken.
bool IsAsOurs(int file_fd, const struct stat& file, int folder_fd, const struct stat& folder) {
  const gid_t group = (folder.st_mode & S_ISGID) != 0 ? folder.st_gid : ::getegid();
  if (file.st_uid != ::geteuid() || file.st_gid != group || file.st_nlink != 1) return false;
  const std::optional<mode_t> umask = Umask();
  if (!umask || (file.st_mode & kRights) != (NewFile::kMode & ~*umask)) return false;
  if ((file.st_mode & kWritableByOthers) != 0) return false;
  return !MayHaveList(file_fd, "system.posix_acl_access") && !MayHaveList(folder_fd, "system.posix_acl_default");
}

bool CannotLink(int error_number) {
  // ENOENT: the file has lost its last name.
  return error_number == EXDEV || error_number == EMLINK || error_number == EPERM || error_number == EACCES ||
         error_number == EOPNOTSUPP || error_number == ENOSYS || error_number == ENOENT;
}

Result<bool> Exists(int folder_fd, const std::string& name, const std::string& full_name) {
  struct stat existing{};
  if (::fstatat(folder_fd, name.c_str(), &existing, AT_SYMLINK_NOFOLLOW) != 0) return false;
  LF_TRY_OK(ConfirmExisting(folder_fd, name, full_name));
  return true;
}

}  // namespace

Result<CopyOutcome> PlaceByLink(PinnedFile& from, FileTree& to, const ObjectPath& path) {
  using enum CopyOutcome;
  LF_TRY_OK(to.CheckName(path));
  LF_TRY(const UniqueFd folder, to.MakeFolder(path.parent()));
  struct stat file_stat{};
  struct stat folder_stat{};
  if (::fstat(from.fd(), &file_stat) != 0 || ::fstat(folder.get(), &folder_stat) != 0) {
    return FailErrno(errno, "cannot read the file's status", to.FullName(path));
  }
  const std::string name(path.name());
  LF_TRY(const bool exists, Exists(folder.get(), name, to.FullName(path)));
  if (exists) return kExisted;
  if (file_stat.st_dev != folder_stat.st_dev) return kNotPossible;
  if (!IsAsOurs(from.fd(), file_stat, folder.get(), folder_stat)) return kNotPossible;
  LF_TRY_OK(from.CheckUnchanged());
  // The time before the name: at no moment may somebody see an old file under the new name and clean it up.
  if (!SetTimeToNow(from.fd())) return kNotPossible;
  const std::string source = DescriptorPath(from.fd());
  if (::linkat(AT_FDCWD, source.c_str(), folder.get(), name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    if (CannotLink(errno)) return kNotPossible;
    if (errno != EEXIST) return FailErrno(errno, "cannot link the file", to.FullName(path));
    LF_TRY_OK(ConfirmExisting(folder.get(), name, to.FullName(path)));
    return kExisted;
  }
  LF_TRY_OK(SyncPublished(folder.get(), to.FullName(path)));
  return kCreated;
}

}  // namespace lakeferry
