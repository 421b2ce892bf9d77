#include "storage/file/file_listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/file/errno_error.h"
#include "storage/file/file_facts.h"

namespace lakeferry {
namespace {

// Of folders without files, before one counts as having something below: a pool's thread is not held up for longer.
constexpr int kEntriesMax = 100'000;
constexpr size_t kDepthMax = 64;  // each level is an open file

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

// The regular file beneath the root that a link leads to, if it leads to one.
std::optional<struct stat> StatLinked(const FolderToList& to_list, const ObjectPath& path) {
  const UniqueFd target = OpenBeneath(to_list.resolution, to_list.root_fd, path.text(), O_PATH);
  struct stat stat{};
  if (!target.valid() || ::fstat(target.get(), &stat) != 0 || !S_ISREG(stat.st_mode)) return std::nullopt;
  return stat;
}

UniqueFd OpenChild(int folder_fd, const char* name) {
  return UniqueFd(::openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// What cannot be opened and is no vanished folder is shown: better an error on entering it than silence.
bool IsShown(int error_number) { return error_number != ENOENT && error_number != ENOTDIR && error_number != ELOOP; }

// True iff some regular file or link is somewhere below the folder, or nobody can tell within the bounds. Links are not
// entered. Ends at the first.
bool HasSomethingBelow(UniqueFd folder) {
  std::vector<DirHandle> open;
  if (DirHandle top = OpenDir(std::move(folder))) open.push_back(std::move(top));
  for (int seen = 0; !open.empty(); ++seen) {
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
    if (seen >= kEntriesMax || open.size() >= kDepthMax) return true;
    UniqueFd child = OpenChild(::dirfd(dir), entry->d_name);
    if (!child.valid() && IsShown(errno)) return true;
    if (DirHandle next = child.valid() ? OpenDir(std::move(child)) : nullptr) open.push_back(std::move(next));
  }
  return false;
}

// By the system call: what a folder stream allocates for itself costs more than to read a short folder. Shared by the
// folders that a thread lists one after the other.
Result<std::vector<std::string>> ReadNames(int folder_fd, const FolderToList& to_list, std::string_view start_after) {
  constexpr size_t kBufferBytes = size_t{32} << 10;
  alignas(dirent64) thread_local std::array<char, kBufferBytes> buffer;
  std::vector<std::string> names;
  while (true) {
    const ssize_t got = ::getdents64(folder_fd, buffer.data(), buffer.size());
    if (got < 0) return FailErrno(errno, "cannot read the folder", to_list.full_name);
    if (got == 0) break;
    for (ssize_t at = 0; at < got;) {
      const auto* entry = reinterpret_cast<const dirent64*>(buffer.data() + at);
      at += entry->d_reclen;
      const std::string_view name = entry->d_name;
      if (name > start_after && !IsSelfOrParent(name) && !IsTemporaryName(name)) names.emplace_back(name);
    }
  }
  std::ranges::sort(names);
  return names;
}

void AddEntry(const FolderToList& to_list, int folder_fd, ObjectPath path, Listing& listing) {
  const std::string name(path.name());
  struct stat stat{};
  if (::fstatat(folder_fd, name.c_str(), &stat, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (S_ISLNK(stat.st_mode)) {
    const auto linked = StatLinked(to_list, path);
    if (!linked) {
      listing.links.push_back(std::move(path));
      return;
    }
    stat = *linked;
  }
  if (S_ISREG(stat.st_mode)) {
    listing.objects.push_back({.path = std::move(path), .size_bytes = stat.st_size, .modified = ModifiedOf(stat)});
  } else if (S_ISDIR(stat.st_mode)) {
    UniqueFd child = OpenChild(folder_fd, name.c_str());
    const bool shown = child.valid() ? HasSomethingBelow(std::move(child)) : IsShown(errno);
    if (shown) listing.folders.push_back(std::move(path));
  }
}

}  // namespace

Result<Listing> ListFolder(const FolderToList& to_list, UniqueFd fd, std::string_view start_after) {
  LF_TRY(const auto names, ReadNames(fd.get(), to_list, start_after));
  Listing listing;
  for (const std::string& name : names) {
    auto segment = ObjectPath::Make(name);
    if (!segment) continue;
    auto path = ObjectPath::Make((to_list.folder / *segment).text());
    if (path) AddEntry(to_list, fd.get(), *std::move(path), listing);
  }
  return listing;
}

}  // namespace lakeferry
