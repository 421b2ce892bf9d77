// SecretRef: where a secret is kept. The configuration names secrets only like this, never by value, and loading it
// reads none: whoever needs one resolves it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace lakeferry {

struct SecretRef {
  enum class Kind { kEnvironment, kFile, kCredential };
  Kind kind = Kind::kEnvironment;
  std::string name;  // a variable, an absolute path, or the name of a systemd credential

  bool operator==(const SecretRef&) const = default;
};

// "the environment variable X", "the file /x", "the systemd credential x".
[[nodiscard]] std::string Describe(const SecretRef& ref);
// The reference that Describe told so; absent for any other text.
[[nodiscard]] std::optional<SecretRef> FromDescription(std::string_view text);

// Reads the secret now, without one line end after it, straight into its own memory. A credential is looked for in
// $CREDENTIALS_DIRECTORY. The value of a variable is wiped in the environment, and kept for who asks again. From then
// on the process leaves no core file, and texts are without the secret (base/known_secrets.h). kInvalidArgument when it
// is not there, empty, larger than 64 KiB, unreadable, or what its name leads to is no regular file; the error never
// holds the value. Waits for nothing but a disk. Any thread.
[[nodiscard]] Result<Secret> Resolve(const SecretRef& ref);

// No core file of this process from now on, and nobody but root looks into it: for whoever holds secrets.
void ForbidCoreFiles();

}  // namespace lakeferry
