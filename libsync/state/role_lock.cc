#include "state/role_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

#include "state/file_error.h"

namespace lakeferry {
namespace {

constexpr Millis kLookAgain{20};
constexpr char kCannotLock[] = "cannot make the lock file";

std::string HolderOf(int fd) {
  std::array<char, 32> text{};
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  std::string holder(text.data(), got > 0 ? static_cast<size_t>(got) : 0);
  while (holder.ends_with('\n')) holder.pop_back();
  return holder.empty() ? "unknown" : holder;
}

std::string LockName(const std::string& path, Role role) { return fmt::format("{}.{}.lock", path, RoleName(role)); }

// The whole file. Of the open file, as flock(2) is, but one that can be asked for without being taken.
struct flock WholeFile() {
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return whole;
}

// Best effort: the lock is the kernel's, the number only tells people who has it.
void WriteHolder(int fd) {
  const std::string text = fmt::format("{}\n", ::getpid());
  if (::ftruncate(fd, 0) == 0) std::ignore = ::pwrite(fd, text.data(), text.size(), 0);
}

}  // namespace

Result<RoleLock> RoleLock::Acquire(const std::string& path, Role role) {
  const std::string name = LockName(path, role);
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(name).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) return FailStateFile(error.value(), kCannotLock, folder.string());
  RoleLock lock(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock.fd_ < 0) return FailStateFile(errno, kCannotLock, name);
  struct flock whole = WholeFile();
  if (::fcntl(lock.fd_, F_OFD_SETLK, &whole) != 0) {
    if (errno != EAGAIN && errno != EACCES) return FailStateFile(errno, kCannotLock, name);
    return Fail(ErrorCode::kRefused,
                fmt::format("another lakeferry process (pid {}) is the {} of this metadata store", HolderOf(lock.fd_),
                            RoleName(role)),
                name,
                "let that process end, or stop it; 'lakeferry sync' goes through it where it is a running service");
  }
  WriteHolder(lock.fd_);
  return lock;
}

Result<RoleLock> RoleLock::AcquireWithin(const std::string& path, Role role, Millis patience) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (true) {
    Result<RoleLock> lock = Acquire(path, role);
    const bool held = !lock && lock.error().code == ErrorCode::kRefused;
    if (!held || std::chrono::steady_clock::now() >= give_up) return lock;
    std::this_thread::sleep_for(kLookAgain);
  }
}

std::optional<RoleHolder> RoleLock::Look(const std::string& path, Role role) {
  const RoleLock looked(::open(LockName(path, role).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (looked.fd_ < 0) return errno == ENOENT ? std::optional(RoleHolder{}) : std::nullopt;
  struct flock whole = WholeFile();
  if (::fcntl(looked.fd_, F_OFD_GETLK, &whole) != 0) return std::nullopt;
  if (whole.l_type == F_UNLCK) return RoleHolder{};
  return RoleHolder{.held = true, .process = HolderOf(looked.fd_)};
}

RoleLock::RoleLock(RoleLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

RoleLock& RoleLock::operator=(RoleLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

RoleLock::~RoleLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace lakeferry
