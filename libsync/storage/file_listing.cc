#include "storage/file_listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/errno_error.h"
#include "storage/file_tree.h"

namespace lakeferry {
namespace {

struct DirCloser {
  void operator()(DIR* dir) const { ::closedir(dir); }
};
using DirHandle = std::unique_ptr<DIR, DirCloser>;

DirHandle OpenDir(UniqueFd fd) {
  DirHandle dir(::fdopendir(fd.get()));
  if (dir) std::ignore = fd.Release();
  return dir;
}

bool IsSelfOrParent(std::string_view name) { return name == "." || name == ".."; }

// The next entry that can be an object or a folder; nullptr at the end, with errno 0, or where reading fails.
const dirent* NextEntry(DIR* dir) {
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(dir);
    if (entry == nullptr) return nullptr;
    if (!IsSelfOrParent(entry->d_name) && !IsTemporaryName(entry->d_name)) return entry;
  }
}

// What `name` in the folder is, a link standing for what it leads to; nothing where it vanished or leads astray.
std::optional<struct stat> StatEntry(const FolderToList& to_list, int folder_fd, const std::string& name) {
  struct stat stat{};
  if (::fstatat(folder_fd, name.c_str(), &stat, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  if (!S_ISLNK(stat.st_mode)) return stat;
  const std::string path = to_list.folder.empty() ? name : to_list.folder.text() + "/" + name;
  const UniqueFd target = OpenBeneath(to_list.resolution, to_list.root_fd, path, O_PATH);
  if (!target.valid() || ::fstat(target.get(), &stat) != 0 || S_ISLNK(stat.st_mode)) return std::nullopt;
  return stat;
}

// True iff some regular file or link is somewhere below the folder; links are not entered. Ends at the first.
bool HasSomethingBelow(UniqueFd folder) {
  std::vector<DirHandle> open;
  if (DirHandle top = OpenDir(std::move(folder))) open.push_back(std::move(top));
  while (!open.empty()) {
    DIR* dir = open.back().get();
    const dirent* entry = NextEntry(dir);
    if (entry == nullptr) {
      open.pop_back();
      continue;
    }
    struct stat stat{};
    if (::fstatat(::dirfd(dir), entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISREG(stat.st_mode) || S_ISLNK(stat.st_mode)) return true;
    if (!S_ISDIR(stat.st_mode)) continue;
    UniqueFd child(::openat(::dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    // A folder nobody may look into is shown: better an error on entering it than silence.
    if (!child.valid() && errno == EACCES) return true;
    if (DirHandle next = child.valid() ? OpenDir(std::move(child)) : nullptr) open.push_back(std::move(next));
  }
  return false;
}

Result<std::vector<std::string>> ReadNames(DIR* dir, const FolderToList& to_list, std::string_view start_after) {
  std::vector<std::string> names;
  while (const dirent* entry = NextEntry(dir)) {
    if (std::string_view(entry->d_name) > start_after) names.emplace_back(entry->d_name);
  }
  if (errno != 0) return FailErrno(errno, "cannot read the folder", to_list.full_name);
  std::ranges::sort(names);
  return names;
}

}  // namespace

Result<Listing> ListFolder(const FolderToList& to_list, UniqueFd fd, std::string_view start_after) {
  const DirHandle dir = OpenDir(std::move(fd));
  if (!dir) return FailErrno(errno, "cannot read the folder", to_list.full_name);
  LF_TRY(const auto names, ReadNames(dir.get(), to_list, start_after));
  Listing listing;
  for (const std::string& name : names) {
    auto segment = ObjectPath::Make(name);
    if (!segment) continue;
    auto path = ObjectPath::Make((to_list.folder / *segment).text());
    const auto stat = path ? StatEntry(to_list, ::dirfd(dir.get()), name) : std::nullopt;
    if (!stat) continue;
    if (S_ISREG(stat->st_mode)) {
      listing.objects.push_back({.path = *std::move(path), .size_bytes = stat->st_size, .modified = ModifiedOf(*stat)});
    } else if (S_ISDIR(stat->st_mode)) {
      UniqueFd child = OpenBeneath(to_list.resolution, to_list.root_fd, path->text(), O_RDONLY | O_DIRECTORY);
      const bool closed_to_us = !child.valid() && errno == EACCES;
      if (closed_to_us || HasSomethingBelow(std::move(child))) listing.folders.push_back(*std::move(path));
    }
  }
  return listing;
}

}  // namespace lakeferry
