#include "daemon/secret_ref.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

namespace lakeferry {
namespace {

constexpr size_t kSecretBytesMax = size_t{64} << 10;

std::unexpected<Error> Missing(const SecretRef& ref, std::string why, std::string remedy) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("a secret cannot be read: {}", std::move(why)), Describe(ref),
              std::move(remedy));
}

Result<Secret> Checked(const SecretRef& ref, std::string value) {
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  if (value.empty()) return Missing(ref, "it is empty", "put the secret there");
  return Secret(std::move(value));
}

Result<Secret> ReadFrom(const SecretRef& ref, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string value(kSecretBytesMax + 1, '\0');
  if (file) file.read(value.data(), static_cast<std::streamsize>(value.size()));
  if (file.bad() || (!file && file.gcount() == 0 && !file.eof())) {
    return Missing(ref, fmt::format("{} cannot be opened", path),
                   "create it, readable for the user that runs lakeferry");
  }
  value.resize(static_cast<size_t>(file.gcount()));
  if (value.size() > kSecretBytesMax) return Missing(ref, "it is larger than 64 KiB", "check the file's name");
  return Checked(ref, std::move(value));
}

}  // namespace

std::string Describe(const SecretRef& ref) {
  switch (ref.kind) {
    case SecretRef::Kind::kEnvironment: return "the environment variable " + ref.name;
    case SecretRef::Kind::kFile: return "the file " + ref.name;
    case SecretRef::Kind::kCredential: return "the systemd credential " + ref.name;
  }
  return ref.name;
}

Result<Secret> Resolve(const SecretRef& ref) {
  if (ref.kind == SecretRef::Kind::kFile) return ReadFrom(ref, ref.name);
  if (ref.kind == SecretRef::Kind::kEnvironment) {
    const char* value = std::getenv(ref.name.c_str());
    if (value == nullptr) return Missing(ref, "it is not set", "set it in the service's environment");
    return Checked(ref, value);
  }
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr) {
    return Missing(ref, "CREDENTIALS_DIRECTORY is not set",
                   "run lakeferry as a systemd service with LoadCredential= or SetCredentialEncrypted=");
  }
  return ReadFrom(ref, fmt::format("{}/{}", folder, ref.name));
}

}  // namespace lakeferry
