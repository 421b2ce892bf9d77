#include "daemon/config/secret_ref.h"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <cstdlib>

#include "base/known_secrets.h"
#include "storage/cloud/secret_sources.h"

namespace lakeferry {
namespace {

constexpr size_t kSecretBytesMax = size_t{64} << 10;

std::unexpected<Error> Missing(const SecretRef& ref, std::string why, std::string remedy) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("a secret cannot be read: {}", std::move(why)), Describe(ref),
              std::move(remedy));
}

Result<Secret> Checked(const SecretRef& ref, Secret secret) {
  if (secret.empty()) return Missing(ref, "it is empty", "put the secret there");
  RememberSecret(secret);
  return secret;
}

Result<Secret> ReadFrom(const SecretRef& ref, const std::string& path) {
  const auto text = ReadSecretFile(path, kSecretBytesMax);
  if (!text) return Missing(ref, text.error().message, text.error().remedy);
  return Checked(ref, WithoutLineEnd(*text));
}

Result<Secret> TakeVariable(const SecretRef& ref) {
  const bool set = std::getenv(ref.name.c_str()) != nullptr;
  Secret secret = TakeSecretVariable(ref.name);
  if (secret.empty()) {
    return Missing(ref, set ? "it is empty" : "it is not set", "set it in the service's environment");
  }
  if (secret.Reveal().size() > kSecretBytesMax) {
    return Missing(ref, "it is larger than 64 KiB", "check the variable's name");
  }
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
