#include "daemon/config/key_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "base/denial.h"

namespace lakeferry {
namespace {

std::unexpected<Error> CannotWrite(const std::string& path, int error) {
  const auto denial = DenialOf(error);
  return Fail(ErrorCode::kInvalidArgument, fmt::format("the key cannot be written: {}", std::strerror(error)), path,
              error == EEXIST ? "name a file that is not there yet: a key is never written over"
              : denial        ? DenialRemedy(*denial, path)
                              : "name a file in a folder that is there and writable");
}

// All of it, durable.
bool WriteAll(int file, std::string_view text) {
  for (size_t done = 0; done < text.size();) {
    const ssize_t wrote = write(file, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    done += static_cast<size_t>(wrote);
  }
  return fsync(file) == 0;
}

}  // namespace

std::function<Result<SigningKey>()> KeyReader(SecretRef reference) {
  auto kept = std::make_shared<std::optional<SigningKey>>();
  return [reference = std::move(reference), kept]() -> Result<SigningKey> {
    if (*kept) return **kept;
    LF_TRY(const Secret pem, Resolve(reference));
    Result<SigningKey> key = SigningKey::FromPem(pem);
    if (!key) return FailAt(std::move(key).error(), Describe(reference));
    *kept = *key;
    return key;
  };
}

Result<SigningKey> WriteNewKey(const std::string& path) {
  constexpr mode_t kOwnerAlone = 0600;
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerAlone);
  if (file < 0) return CannotWrite(path, errno);
  SigningKey key = SigningKey::New();
  const Secret pem = key.ToPem();
  const bool written = WriteAll(file, pem.Reveal());
  const int error = errno;
  close(file);
  if (written) return key;
  unlink(path.c_str());
  return CannotWrite(path, error);
}

}  // namespace lakeferry
