#include "storage/file/folder_place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/file/errno_error.h"
#include "storage/file/unique_fd.h"

namespace lakeferry {
namespace {

constexpr int kPlaceFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;
// A path has at most 4,096 bytes, but folders can be nested deeper by relative names.
constexpr int kParentsMax = 1 << 14;

bool OthersMayWrite(const struct stat& stat) {
  return stat.st_uid != ::geteuid() || (stat.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

std::string Inode(const struct stat& stat) { return fmt::format("{}:{}", stat.st_dev, stat.st_ino); }

// Tells one mount of a file system from another; empty where the kernel does not say (before 5.8).
std::string MountOf(int fd) {
  struct statx facts{};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &facts) != 0 || (facts.stx_mask & STATX_MNT_ID) == 0) return {};
  return std::to_string(facts.stx_mnt_id);
}

// The nearest folder that exists, and what of the name lies beyond it, outermost first.
Result<UniqueFd> OpenNearest(std::string_view folder, std::vector<std::string>& beyond) {
  std::string name(folder);
  while (true) {
    UniqueFd fd(::open(name.empty() ? "/" : name.c_str(), kPlaceFlags));
    if (fd.valid()) return fd;
    if ((errno != ENOENT && errno != ENOTDIR) || name.empty()) return FailErrno(errno, "cannot open the folder", name);
    const size_t slash = name.rfind('/');
    beyond.insert(beyond.begin(), name.substr(slash + 1));
    name.resize(slash);
  }
}

}  // namespace

// The folder and all above it by their inodes, outermost last. What is above one that was met before is known.
Result<StorePlace> FolderPlaces::PlaceOf(UniqueFd at, const std::string& folder) {
  StorePlace place;
  std::vector<std::string>& inodes = place.root_first;
  std::string second;  // the key of the folder above the first
  for (int depth = 0; depth < kParentsMax; ++depth) {
    struct stat stat{};
    if (::fstat(at.get(), &stat) != 0) return FailErrno(errno, "cannot read the folder's status", folder);
    if (inodes.empty()) place.others_may_write = OthersMayWrite(stat);
    std::string here = Inode(stat);
    if (!inodes.empty() && here == inodes.back()) break;  // the parent of "/" is "/"
    const std::string mount = MountOf(at.get());
    const std::string key = mount.empty() ? std::string() : fmt::format("{} {}", mount, here);
    inodes.push_back(std::move(here));
    if (inodes.size() == 2) second = key;
    const auto known = above_.find(key);
    if (known != above_.end()) {
      std::ranges::copy(known->second, std::back_inserter(inodes));
      break;
    }
    UniqueFd parent(::openat(at.get(), "..", kPlaceFlags));
    if (!parent.valid()) return FailErrno(errno, "cannot open the folder above", folder);
    at = std::move(parent);
  }
  // Of neighbours it is the same.
  if (!second.empty()) above_.try_emplace(second, inodes.begin() + 2, inodes.end());
  return place;
}

Result<StorePlace> FolderPlaces::Find(const std::string& folder) {
  std::vector<std::string> beyond;
  LF_TRY(UniqueFd nearest, OpenNearest(folder, beyond));
  LF_TRY(StorePlace existing, PlaceOf(std::move(nearest), folder));
  if (beyond.empty()) return existing;
  StorePlace place;
  for (size_t count = beyond.size(); count > 0; --count) {
    std::string text = existing.root_first.front();
    for (size_t i = 0; i < count; ++i) text += "/" + beyond[i];
    place.root_first.push_back(std::move(text));
  }
  std::ranges::move(existing.root_first, std::back_inserter(place.root_first));
  return place;
}

Result<StorePlace> PlaceOfFolder(const std::string& folder) { return FolderPlaces().Find(folder); }

}  // namespace lakeferry
