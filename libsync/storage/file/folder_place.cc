#include "storage/file/folder_place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
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
  static const uid_t self = ::geteuid();
  return stat.st_uid != self || (stat.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

std::string Inode(const struct stat& stat) { return fmt::format("{}:{}", stat.st_dev, stat.st_ino); }

// The folder and all above it, the root of the file system last, step by step: what a link leads to lies in other
// folders than its name says. Absent where there is no such folder.
Result<std::optional<StorePlace>> Walk(const std::string& name) {
  StorePlace place;
  UniqueFd at(::open(name.empty() ? "/" : name.c_str(), kPlaceFlags));
  if (!at.valid() && IsAbsent(errno)) return std::nullopt;
  if (!at.valid()) return FailErrno(errno, "cannot open the folder", name);
  for (int depth = 0; depth < kParentsMax; ++depth) {
    struct stat stat{};
    if (::fstat(at.get(), &stat) != 0) return FailErrno(errno, "cannot read the folder's status", name);
    if (place.root_first.empty()) place.others_may_write = OthersMayWrite(stat);
    std::string here = Inode(stat);
    if (!place.root_first.empty() && here == place.root_first.back()) break;  // the parent of "/" is "/"
    place.root_first.push_back(std::move(here));
    UniqueFd parent(::openat(at.get(), "..", kPlaceFlags));
    if (!parent.valid()) return FailErrno(errno, "cannot open the folder above", name);
    at = std::move(parent);
  }
  return place;
}

// A name whose last part is in the folder that the rest of it names, or nowhere.
struct Step {
  std::string name;
  std::optional<struct stat> stat = {};  // of a folder; absent for none
};

// What lies in `above`.
StorePlace Below(const StorePlace& above, const Step& step) {
  const std::string_view own = std::string_view(step.name).substr(step.name.rfind('/'));
  StorePlace place;
  place.root_first.reserve(above.root_first.size() + 1);
  place.root_first.push_back(step.stat ? Inode(*step.stat) : fmt::format("{}{}", above.root_first.front(), own));
  place.root_first.insert(place.root_first.end(), above.root_first.begin(), above.root_first.end());
  if (step.stat) place.others_may_write = OthersMayWrite(*step.stat);
  return place;
}

// Either where `name` is, or the last step to it.
struct Look {
  std::optional<StorePlace> place = {};
  Step step;
};

bool IsPlain(std::string_view own) { return !own.empty() && own != "." && own != ".."; }

Result<Look> LookAt(const std::string& name) {
  Look look{.step = {.name = name}};
  struct stat stat{};
  const bool plain = !name.empty() && IsPlain(std::string_view(name).substr(name.rfind('/') + 1));
  const bool there = plain && ::lstat(name.c_str(), &stat) == 0;
  if (plain && !there && !IsAbsent(errno)) return FailErrno(errno, "cannot read the folder's status", name);
  if (there && S_ISDIR(stat.st_mode)) look.step.stat = stat;
  if (plain && (!there || !S_ISLNK(stat.st_mode))) return look;
  LF_TRY(look.place, Walk(name));
  return look;
}

}  // namespace

Result<StorePlace> FolderPlaces::Find(std::string folder) {
  if (folder == "/") folder.clear();
  std::vector<Step> steps;  // innermost first
  auto known = above_.find(folder);
  for (std::string name = folder; known == above_.end(); known = above_.find(name)) {
    LF_TRY(Look look, LookAt(name));
    if (look.place) {
      known = above_.emplace(name, *std::move(look.place)).first;
      break;
    }
    steps.push_back(std::move(look.step));
    name.resize(name.rfind('/'));
  }
  for (size_t left = steps.size(); left > 1; --left) {
    const Step& step = steps[left - 1];
    known = above_.emplace(step.name, Below(known->second, step)).first;
  }
  return steps.empty() ? known->second : Below(known->second, steps.front());
}

Result<StorePlace> PlaceOfFolder(const std::string& folder) { return FolderPlaces().Find(folder); }

}  // namespace lakeferry
