#include "storage/cloud/system_host.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "async/offload.h"
#include "base/denial.h"
#include "base/known_secrets.h"
#include "storage/cloud/helper_process.h"
#include "storage/file/unique_fd.h"

namespace lakeferry {
namespace {

constexpr size_t kFileBytesMax = size_t{1} << 20;

std::unexpected<Error> CannotRead(const std::string& path, int error) {
  const auto denial = DenialOf(error);
  const std::string why = fmt::format("a file of credentials or settings cannot be read: {}", std::strerror(error));
  if (error == ENOENT || error == ENOTDIR) return Fail(ErrorCode::kNotFound, why, path, "check the file's name");
  return Fail(ErrorCode::kUnauthorized, why, path, denial ? DenialRemedy(*denial, path) : "check the file");
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

Result<Secret> ReadWholeFile(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat stat{};
  if (!fd.valid() || ::fstat(fd.get(), &stat) != 0) return CannotRead(path, errno);
  if (!S_ISREG(stat.st_mode)) {
    return Fail(ErrorCode::kInvalidArgument, "this is no regular file", path, "name a file");
  }
  if (stat.st_size > static_cast<off_t>(kFileBytesMax)) {
    return Fail(ErrorCode::kInvalidArgument, "this file is larger than 1 MiB", path, "check the file's name");
  }
  int error = 0;
  Secret text = Secret::Filled(static_cast<size_t>(stat.st_size),
                               [&](std::span<char> room) { return ReadInto(fd.get(), room, error); });
  if (error != 0) return CannotRead(path, error);
  return text;
}

std::optional<std::string> SystemHost::Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

Secret SystemHost::SecretVariable(const std::string& name) {
  char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return taken_[name];
  const std::string_view text(value);
  const Secret secret = Secret::Filled(text.size(), [text](std::span<char> room) {
    std::ranges::copy(text, room.begin());
    return text.size();
  });
  // The environment lies at the bottom of the stack, and /proc shows it.
  ::explicit_bzero(value, text.size());
  RememberSecret(secret);
  return taken_[name] = secret;
}

Task<Result<Secret>> SystemHost::ReadFile(Call call, std::string path) {
  LF_CO_TRY_OK(CheckWanted(call));
  Result<Secret> text = co_await Offload(pool_, [path = std::move(path)] { return ReadWholeFile(path); });
  co_return text;
}

Task<Result<Secret>> SystemHost::Run(Call call, std::vector<std::string> command, Millis longest) {
  LF_CO_TRY_OK(CheckWanted(call));
  Result<Secret> output = co_await Offload(
      pool_, [command = std::move(command), longest, stop = call.stop] { return RunHelper(command, longest, stop); });
  co_return output;
}

}  // namespace lakeferry
