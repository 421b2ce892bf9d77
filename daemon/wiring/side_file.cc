#include "daemon/wiring/side_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "storage/file/unique_fd.h"

namespace lakeferry {
namespace {

bool IsOwn(int fd) {
  struct stat stat{};
  constexpr mode_t kOfOthers = S_IRWXG | S_IRWXO;
  return ::fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_uid == ::geteuid() &&
         (stat.st_mode & kOfOthers) == 0;
}

}  // namespace

std::string ReadSideFile(const std::string& path, size_t bytes_max, bool own) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.valid() || (own && !IsOwn(fd.get()))) return {};
  std::string text;
  std::array<char, size_t{64} << 10> piece;
  while (text.size() <= bytes_max) {
    const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
    if (got == 0) return text;
    if (got < 0) break;
    text.append(piece.data(), static_cast<size_t>(got));
  }
  return {};
}

// Of this process alone until it has its name.
void ReplaceSideFile(const std::string& path, const std::string& text) {
  const std::string own = path + "." + std::to_string(::getpid());
  constexpr mode_t kMode = 0600;
  const UniqueFd fd(::open(own.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kMode));
  if (!fd.valid()) return;
  const bool whole = ::fchmod(fd.get(), kMode) == 0 &&
                     ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (!whole || std::rename(own.c_str(), path.c_str()) != 0) ::unlink(own.c_str());
}

}  // namespace lakeferry
