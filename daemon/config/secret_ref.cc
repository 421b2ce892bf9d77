#include "daemon/config/secret_ref.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <span>
#include <system_error>

#include "base/denial.h"
#include "base/known_secrets.h"
#include "storage/file/unique_fd.h"

namespace lakeferry {
namespace {

constexpr size_t kSecretBytesMax = size_t{64} << 10;

std::unexpected<Error> Missing(const SecretRef& ref, std::string why, std::string remedy) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("a secret cannot be read: {}", std::move(why)), Describe(ref),
              std::move(remedy));
}

// Without one line end after it.
size_t SizeOfValue(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text.size();
}

Result<Secret> Checked(const SecretRef& ref, Secret secret) {
  if (secret.empty()) return Missing(ref, "it is empty", "put the secret there");
  RememberSecret(secret);
  return secret;
}

// Fills the room as far as the file goes; what went wrong is in `error_number`.
size_t ReadAll(int fd, std::span<char> room, int& error_number) {
  size_t done = 0;
  while (done < room.size()) {
    const ssize_t got = ::read(fd, room.data() + done, room.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error_number = errno;
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

// Another than a regular file may never answer, or never end.
Result<UniqueFd> OpenRegular(const SecretRef& ref, const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat stat{};
  if (!fd.valid() || ::fstat(fd.get(), &stat) != 0) {
    const int error_number = errno;
    const auto denial = DenialOf(error_number);
    return Missing(ref, fmt::format("{} cannot be opened: {}", path, std::generic_category().message(error_number)),
                   denial ? DenialRemedy(*denial, path) : "create it, readable for the user that runs lakeferry");
  }
  if (!S_ISREG(stat.st_mode)) {
    return Missing(ref, fmt::format("{} is no regular file", path), "put the secret into a file");
  }
  return fd;
}

Result<Secret> ReadFrom(const SecretRef& ref, const std::string& path) {
  LF_TRY(const UniqueFd fd, OpenRegular(ref, path));
  int error_number = 0;
  size_t size = 0;
  Secret secret = Secret::Filled(kSecretBytesMax + 1, [&](std::span<char> room) {
    size = ReadAll(fd.get(), room, error_number);
    return SizeOfValue({room.data(), size});
  });
  if (error_number != 0) {
    return Missing(ref, fmt::format("{}: {}", path, std::generic_category().message(error_number)),
                   "check the file's name");
  }
  if (size > kSecretBytesMax) return Missing(ref, "it is larger than 64 KiB", "check the file's name");
  return Checked(ref, std::move(secret));
}

// What was taken out of the environment, by variable.
struct TakenVariables {
  std::mutex mutex;
  std::map<std::string, Secret> secrets;
};

// The environment lies at the bottom of the stack, and /proc shows it: what is taken from it does not stay there.
Result<Secret> TakeVariable(const SecretRef& ref) {
  static TakenVariables taken;
  const std::lock_guard lock(taken.mutex);
  char* value = std::getenv(ref.name.c_str());
  if (value == nullptr || *value == '\0') {
    const auto before = taken.secrets.find(ref.name);
    if (value != nullptr && before != taken.secrets.end()) return before->second;
    return Missing(ref, value == nullptr ? "it is not set" : "it is empty", "set it in the service's environment");
  }
  const std::string_view text(value);
  if (text.size() > kSecretBytesMax) return Missing(ref, "it is larger than 64 KiB", "check the variable's name");
  Secret secret = Secret::Filled(text.size(), [text](std::span<char> room) {
    std::ranges::copy(text, room.begin());
    return SizeOfValue(text);
  });
  ::explicit_bzero(value, text.size());
  LF_TRY(secret, Checked(ref, std::move(secret)));
  taken.secrets.insert_or_assign(ref.name, secret);
  return secret;
}

// What a description begins with.
std::string_view WordsBefore(SecretRef::Kind kind) {
  switch (kind) {
    case SecretRef::Kind::kEnvironment: return "the environment variable ";
    case SecretRef::Kind::kFile: return "the file ";
    case SecretRef::Kind::kCredential: return "the systemd credential ";
  }
  return {};
}

}  // namespace

std::string Describe(const SecretRef& ref) { return std::string(WordsBefore(ref.kind)) + ref.name; }

std::optional<SecretRef> FromDescription(std::string_view text) {
  using enum SecretRef::Kind;
  for (const SecretRef::Kind kind : {kEnvironment, kFile, kCredential}) {
    const std::string_view words = WordsBefore(kind);
    if (text.starts_with(words)) return SecretRef{.kind = kind, .name = std::string(text.substr(words.size()))};
  }
  return std::nullopt;
}

Result<Secret> Resolve(const SecretRef& ref) {
  ForbidCoreFiles();
  if (ref.kind == SecretRef::Kind::kFile) return ReadFrom(ref, ref.name);
  if (ref.kind == SecretRef::Kind::kEnvironment) return TakeVariable(ref);
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr) {
    return Missing(ref, "CREDENTIALS_DIRECTORY is not set",
                   "run lakeferry as a systemd service with LoadCredential= or SetCredentialEncrypted=");
  }
  return ReadFrom(ref, fmt::format("{}/{}", folder, ref.name));
}

void ForbidCoreFiles() { (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

}  // namespace lakeferry
