#include "storage/file/put_aside.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "storage/file/errno_error.h"
#include "storage/file/unique_fd.h"

namespace lakeferry {

Result<bool> PutAside(const std::string& folder, const std::string& name) {
  const std::filesystem::path above = std::filesystem::path(folder).parent_path();
  const UniqueFd parent(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.valid() && errno == ENOENT) return false;
  if (!parent.valid()) return FailErrno(errno, "cannot open the folder", above.string());
  struct stat stat{};
  if (::lstat(folder.c_str(), &stat) != 0) {
    if (errno == ENOENT) return false;
    return FailErrno(errno, "cannot read the folder's status", folder);
  }
  if (!S_ISDIR(stat.st_mode)) {
    return Fail(ErrorCode::kRefused, "a link or a file stands for the folder, and is left as it is", folder,
                "name the folder itself in the configuration");
  }
  if (::renameat2(AT_FDCWD, folder.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST) return Fail(ErrorCode::kRefused, "something has that name already", name, "try again");
    if (errno == EBUSY || errno == EXDEV) {
      return Fail(ErrorCode::kRefused,
                  "a file system is mounted there, or the new name is on another one, so that the folder cannot be "
                  "renamed",
                  folder, "mount it elsewhere; or copy it whole with its times (cp -a), and put the old one aside");
    }
    return FailErrno(errno, "cannot rename the folder", folder);
  }
  for (const std::filesystem::path& holds : {above, std::filesystem::path(name).parent_path()}) {
    const UniqueFd fd(::open(holds.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.valid() || ::fsync(fd.get()) != 0) {
      return FailErrno(errno, "cannot make the new name durable", holds.string());
    }
  }
  return true;
}

}  // namespace lakeferry
