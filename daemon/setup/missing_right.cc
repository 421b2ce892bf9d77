#include "daemon/setup/missing_right.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <vector>

namespace lakeferry::setup {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kModeBits = 07777;
using Room = std::array<char, 4096>;

std::string OwnerName(uid_t uid) {
  Room room{};
  passwd entry{};
  passwd* found = nullptr;
  const bool known = ::getpwuid_r(uid, &entry, room.data(), room.size(), &found) == 0 && found != nullptr;
  return known ? found->pw_name : std::to_string(uid);
}

std::string GroupName(gid_t gid) {
  Room room{};
  group entry{};
  group* found = nullptr;
  const bool known = ::getgrgid_r(gid, &entry, room.data(), room.size(), &found) == 0 && found != nullptr;
  return known ? found->gr_name : std::to_string(gid);
}

// 0, or the errno with which the right is denied.
int Denied(const fs::path& path, int right) {
  return ::faccessat(AT_FDCWD, path.c_str(), right, AT_EACCESS) == 0 ? 0 : errno;
}

bool IsDenial(int error_number) { return error_number == EACCES || error_number == EPERM || error_number == EROFS; }

MissingRight Lacks(Right right, const fs::path& path, int error_number) {
  MissingRight missing{
      .right = right, .path = path.string(), .owner = {}, .group = {}, .read_only = error_number == EROFS};
  struct stat stat{};
  if (::stat(path.c_str(), &stat) != 0) return missing;
  missing.owner = OwnerName(stat.st_uid);
  missing.group = GroupName(stat.st_gid);
  missing.mode = stat.st_mode & kModeBits;
  return missing;
}

// The root, every folder on the way, and the path itself.
std::vector<fs::path> Steps(const fs::path& path) {
  std::vector<fs::path> steps;
  fs::path step;
  for (const fs::path& name : path) {
    step /= name;
    if (!name.empty()) steps.push_back(step);
  }
  return steps;
}

}  // namespace

std::optional<MissingRight> MissingRightOn(const std::string& path) {
  std::vector<fs::path> steps = Steps(path);
  // What is there of them; the last one is what would be read, or written below.
  std::vector<fs::path> there;
  for (const fs::path& step : steps) {
    if (Denied(step, F_OK) != 0) break;
    there.push_back(step);
    if (step == steps.back() || !fs::is_directory(step)) break;
    if (const int error = Denied(step, X_OK); IsDenial(error)) return Lacks(Right::kEnter, step, error);
  }
  if (there.empty()) return std::nullopt;
  const bool all = there.size() == steps.size();
  if (const int error = Denied(there.back(), R_OK); all && IsDenial(error)) {
    return Lacks(Right::kRead, there.back(), error);
  }
  while (!there.empty()) {
    if (const int error = Denied(there.back(), W_OK); IsDenial(error)) {
      return Lacks(Right::kWrite, there.back(), error);
    }
    if (fs::is_directory(there.back())) break;  // of a file, its folder may be what denies
    there.pop_back();
  }
  return std::nullopt;
}

}  // namespace lakeferry::setup
