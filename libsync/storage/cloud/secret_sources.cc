#include "storage/cloud/secret_sources.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <span>
#include <string_view>
#include <system_error>

#include "base/denial.h"
#include "base/known_secrets.h"
#include "storage/file/unique_fd.h"

namespace lakeferry {
namespace {

// What was taken out of the environment, by variable.
struct TakenVariables {
  std::mutex mutex;
  std::map<std::string, Secret> secrets;
};

Secret CopyOf(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return Secret::Filled(text.size(), [text](std::span<char> room) {
    std::ranges::copy(text, room.begin());
    return text.size();
  });
}

std::unexpected<Error> CannotRead(const std::string& path, std::string_view what, int error) {
  const auto denial = DenialOf(error);
  const bool absent = error == ENOENT || error == ENOTDIR;
  return Fail(absent ? ErrorCode::kNotFound : ErrorCode::kUnauthorized,
              fmt::format("{} cannot be {}: {}", path, what, std::generic_category().message(error)), path,
              denial ? DenialRemedy(*denial, path) : "create it, readable for the user that runs lakeferry");
}

// How much of the room is filled; what went wrong is in `error`.
size_t ReadInto(int fd, std::span<char> room, int& error) {
  size_t done = 0;
  while (done < room.size()) {
    const ssize_t got = ::read(fd, room.data() + done, room.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error = errno;
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

}  // namespace

// The environment lies at the bottom of the stack, and /proc shows it: what is taken from it does not stay there.
Secret TakeSecretVariable(const std::string& name) {
  static TakenVariables taken;
  const std::lock_guard lock(taken.mutex);
  char* value = std::getenv(name.c_str());
  if (value == nullptr) return {};
  if (*value == '\0') {
    const auto before = taken.secrets.find(name);
    return before == taken.secrets.end() ? Secret() : before->second;
  }
  const std::string_view text(value);
  Secret secret = CopyOf(text);
  ::explicit_bzero(value, text.size());
  if (!secret.empty()) RememberSecret(secret);
  return taken.secrets[name] = std::move(secret);
}

Result<Secret> ReadSecretFile(const std::string& path, size_t bytes_max) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat stat{};
  if (!fd.valid() || ::fstat(fd.get(), &stat) != 0) return CannotRead(path, "opened", errno);
  if (!S_ISREG(stat.st_mode)) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{} is no regular file", path), path, "name a regular file");
  }
  // It may grow meanwhile.
  int error = 0;
  size_t size = 0;
  Secret text =
      Secret::Filled(bytes_max + 1, [&](std::span<char> room) { return size = ReadInto(fd.get(), room, error); });
  if (error != 0) return CannotRead(path, "read", error);
  if (size > bytes_max) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{} is larger than {} KiB", path, bytes_max >> 10), path,
                "check the file's name");
  }
  return text;
}

Secret WithoutLineEnd(const Secret& secret) { return CopyOf(secret.Reveal()); }

}  // namespace lakeferry
