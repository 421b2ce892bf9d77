// Private keys of signatures where they are kept.
#pragma once

#include <functional>
#include <string>

#include "base/signature.h"
#include "daemon/config/secret_ref.h"

namespace lakeferry {

// Reads the key at the first call that can, and keeps it. kInvalidArgument where it is not there or is none, naming the
// place.
[[nodiscard]] std::function<Result<SigningKey>()> KeyReader(SecretRef reference);

// A new key in a new file that its owner alone can read. kInvalidArgument where the file is there already or cannot be
// made.
[[nodiscard]] Result<SigningKey> WriteNewKey(const std::string& path);

}  // namespace lakeferry
