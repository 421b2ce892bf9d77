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

// The folder and all above it by their inodes, outermost last.
Status AddExisting(UniqueFd at, const std::string& folder, StorePlace& place) {
  std::string below;
  for (int depth = 0; depth < kParentsMax; ++depth) {
    struct stat stat{};
    if (::fstat(at.get(), &stat) != 0) return FailErrno(errno, "cannot read the folder's status", folder);
    std::string here = Inode(stat);
    if (here == below) break;  // the parent of "/" is "/"
    if (below.empty()) place.others_may_write = OthersMayWrite(stat);
    place.root_first.push_back(here);
    below = std::move(here);
    UniqueFd parent(::openat(at.get(), "..", kPlaceFlags));
    if (!parent.valid()) return FailErrno(errno, "cannot open the folder above", folder);
    at = std::move(parent);
  }
  return {};
}

}  // namespace

Result<StorePlace> PlaceOfFolder(const std::string& folder) {
  std::vector<std::string> beyond;
  LF_TRY(UniqueFd nearest, OpenNearest(folder, beyond));
  StorePlace existing;
  LF_TRY_OK(AddExisting(std::move(nearest), folder, existing));
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

}  // namespace lakeferry
