#include "storage/file/file_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "storage/file/errno_error.h"
#include "storage/file/file_facts.h"
#include "storage/file/file_listing.h"
#include "storage/file/new_file.h"
#include "storage/file/shared_sync.h"

namespace lakeferry {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr mode_t kFolderMode = 0777;  // the umask decides
constexpr size_t kDurableFoldersMax = 1 << 16;

}  // namespace

FileTree::FileTree(std::string root, FileTreeOptions options, std::shared_ptr<RootWatch> watch)
    : root_(std::move(root)), options_(options), watch_(std::move(watch)) {}

std::string FileTree::FullName(const ObjectPath& path) const {
  return path.empty() ? root_ : root_ + "/" + path.text();
}

UniqueFd FileTree::OpenRoot() const { return watch_->Open(root_); }

UniqueFd FileTree::OpenFolder(const ObjectPath& folder) const {
  UniqueFd root = OpenRoot();
  if (!root.valid()) return root;
  return OpenBeneath(options_.resolution, root.get(), folder.text(), kFolderFlags, Links::kRefuse);
}

Status FileTree::CheckName(const ObjectPath& path) const {
  if (path.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "the root of a store is no object", root_, "name an object below it");
  }
  if (IsTemporaryName(path.name())) {
    return Fail(ErrorCode::kInvalidArgument, "names .lakeferry-*.tmp are kept for unfinished files", FullName(path),
                "use another name");
  }
  return {};
}

Result<OpenedFile> FileTree::OpenFile(const ObjectPath& path, int flags) const {
  LF_TRY_OK(CheckName(path));
  return OpenFileBelow(OpenRoot(), path, flags);
}

Result<OpenedFile> FileTree::OpenFileBelow(const UniqueFd& root, const ObjectPath& path, int flags) const {
  LF_TRY_OK(CheckName(path));
  // O_NONBLOCK: a named pipe must not hold up the open that finds out that it is one.
  const int all_flags = (flags & O_PATH) != 0 ? flags : flags | O_NONBLOCK;
  OpenedFile file;
  if (root.valid()) file.fd = OpenBeneath(options_.resolution, root.get(), path.text(), all_flags);
  if (!file.fd.valid() || ::fstat(file.fd.get(), &file.stat) != 0) {
    if (!IsAbsent(errno)) return FailErrno(errno, "cannot open the file", FullName(path));
  } else if (S_ISREG(file.stat.st_mode)) {
    return file;
  }
  return Fail(ErrorCode::kNotFound, "there is no such file", FullName(path));
}

Result<Listing> FileTree::List(const ObjectPath& folder, std::string_view start_after) const {
  const UniqueFd root = OpenRoot();
  UniqueFd fd = root.valid() ? OpenBeneath(options_.resolution, root.get(), folder.text(), kFolderFlags, Links::kRefuse)
                             : UniqueFd();
  if (!fd.valid()) {
    if (IsAbsent(errno)) return Listing{};
    return FailErrno(errno, "cannot open the folder", FullName(folder));
  }
  const FolderToList to_list{
      .resolution = options_.resolution, .root_fd = root.get(), .folder = folder, .full_name = FullName(folder)};
  return ListFolder(to_list, std::move(fd), start_after);
}

Result<ObjectInfo> FileTree::Head(const ObjectPath& path) const {
  LF_TRY(const OpenedFile file, OpenFile(path, O_PATH));
  return InfoOf(path, file.stat);
}

Status FileTree::Put(const ObjectPath& path, std::string_view bytes) {
  LF_TRY_OK(CheckName(path));
  LF_TRY(UniqueFd folder, MakeFolder(path.parent()));
  LF_TRY(NewFile file, NewFile::Create(std::make_shared<const UniqueFd>(std::move(folder)), std::string(path.name()),
                                       FullName(path), NewFile::Kind::kNamed));
  LF_TRY_OK(file.Write(bytes));
  return file.Replace();
}

std::vector<NotDeleted> FileTree::Delete(std::span<const ObjectPath> paths) {
  std::vector<NotDeleted> stayed;
  while (!paths.empty()) {
    const ObjectPath folder = paths.front().parent();
    const auto end = std::ranges::find_if(paths, [&folder](const ObjectPath& path) { return path.parent() != folder; });
    const auto count = static_cast<size_t>(end - paths.begin());
    DeleteIn(folder, paths.first(count), stayed);
    paths = paths.subspan(count);
  }
  return stayed;
}

// Neighbours share what makes their deletion durable.
void FileTree::DeleteIn(const ObjectPath& folder, std::span<const ObjectPath> paths,
                        std::vector<NotDeleted>& stayed) const {
  const UniqueFd fd = OpenFolder(folder);
  if (!fd.valid() && IsAbsent(errno)) return;
  const int no_folder = fd.valid() ? 0 : errno;
  std::vector<ObjectPath> unlinked;
  for (const ObjectPath& path : paths) {
    if (Status name = CheckName(path); !name) {
      stayed.push_back({.path = path, .error = std::move(name).error()});
    } else if (no_folder != 0) {
      stayed.push_back({.path = path, .error = ErrnoError(no_folder, "cannot open the folder", FullName(folder))});
    } else if (::unlinkat(fd.get(), std::string(path.name()).c_str(), 0) == 0) {
      unlinked.push_back(path);
    } else if (!IsAbsent(errno) && errno != EISDIR) {
      stayed.push_back({.path = path, .error = ErrnoError(errno, "cannot delete the file", FullName(path))});
    }
  }
  const int failed = unlinked.empty() ? 0 : SyncItself(fd.get());
  if (failed == 0) return;
  const Error error = ErrnoError(failed, "cannot make the deletion durable", FullName(folder));
  for (ObjectPath& path : unlinked) stayed.push_back({.path = std::move(path), .error = error});
}

Result<bool> FileTree::Touch(const ObjectPath& path) const {
  LF_TRY(const OpenedFile file, OpenFile(path, O_PATH));
  return SetTimeToNow(file.fd.get());
}

Result<UniqueFd> FileTree::MakeRoot() {
  UniqueFd fd = OpenRoot();
  if (fd.valid()) return fd;
  if (errno != ENOENT) return FailErrno(errno, "cannot open the root folder", root_);
  for (size_t slash = root_.find('/', 1);; slash = root_.find('/', slash + 1)) {
    const std::string prefix = root_.substr(0, slash);
    if (::mkdir(prefix.c_str(), kFolderMode) == 0) {
      const size_t last = prefix.rfind('/');
      const UniqueFd parent(::open(last == 0 ? "/" : prefix.substr(0, last).c_str(), kFolderFlags));
      if (!parent.valid() || ::fsync(parent.get()) != 0) {
        return FailErrno(errno, "cannot make the new folder durable", prefix);
      }
    } else if (errno != EEXIST) {
      return FailErrno(errno, "cannot make the folder", prefix);
    }
    if (slash == std::string::npos) break;
  }
  fd = OpenRoot();
  if (!fd.valid()) return FailErrno(errno, "cannot open the root folder", root_);
  return fd;
}

Result<UniqueFd> FileTree::OpenOrMakeChild(int parent_fd, const ObjectPath& folder) {
  const std::string name(folder.name());
  UniqueFd fd;
  // Twice, because somebody may remove the empty folder between making and opening it.
  for (int attempt = 0; attempt < 2; ++attempt) {
    fd = OpenFolder(folder);
    if (fd.valid() || errno != ENOENT) break;
    if (::mkdirat(parent_fd, name.c_str(), kFolderMode) != 0 && errno != EEXIST) break;
    errno = ENOENT;
  }
  if (fd.valid()) return fd;
  Error error = ErrnoError(errno, "cannot make or open the folder", FullName(folder));
  if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kUnavailable;  // removed under our hands
  return std::unexpected(std::move(error));
}

Result<UniqueFd> FileTree::MakeFolder(const ObjectPath& folder) {
  if (folder.empty()) return MakeRoot();
  {
    UniqueFd fd = OpenFolder(folder);
    if (fd.valid() && IsKnownDurable(folder, fd.get())) return fd;
  }
  LF_TRY(const UniqueFd parent, MakeFolder(folder.parent()));
  LF_TRY(UniqueFd fd, OpenOrMakeChild(parent.get(), folder));
  // Also for a folder that was there: whoever made it may not have come to its fsync.
  if (::fsync(parent.get()) != 0) return FailErrno(errno, "cannot make the new folder durable", FullName(folder));
  RememberDurable(folder, fd.get());
  return fd;
}

bool FileTree::IsKnownDurable(const ObjectPath& folder, int fd) const {
  struct stat stat{};
  if (::fstat(fd, &stat) != 0) return false;
  const std::scoped_lock lock(durable_mutex_);
  const auto known = durable_.find(folder.text());
  return known != durable_.end() && known->second == std::pair(stat.st_dev, stat.st_ino);
}

void FileTree::RememberDurable(const ObjectPath& folder, int fd) {
  struct stat stat{};
  if (::fstat(fd, &stat) != 0) return;
  const std::scoped_lock lock(durable_mutex_);
  if (durable_.size() >= kDurableFoldersMax) durable_.clear();
  durable_[folder.text()] = {stat.st_dev, stat.st_ino};
}

}  // namespace lakeferry
