// SecretRef: where a secret is kept. The configuration names secrets only like this, never by value.
#pragma once

#include <string>

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

// Reads the secret now, without one line end after it. A credential is looked for in $CREDENTIALS_DIRECTORY.
// kInvalidArgument when it is not there, empty, larger than 64 KiB or unreadable; the error never holds the value.
[[nodiscard]] Result<Secret> Resolve(const SecretRef& ref);

}  // namespace lakeferry
