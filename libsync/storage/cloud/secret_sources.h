// Where secrets come from on this machine: variables and small files. Blocking; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace lakeferry {

// The value of a variable without one line end after it, which is wiped in the environment and kept for whoever asks
// again, in the whole process and as long as it lives; texts are without it (base/known_secrets.h). Empty where the
// variable is not set, or is empty and never was anything else.
[[nodiscard]] Secret TakeSecretVariable(const std::string& name);

// A regular file, whole. Another may never answer, or never end. kNotFound where there is none, kUnauthorized where it
// cannot be opened or read, kInvalidArgument where it is no regular file or larger than `bytes_max`; the message begins
// with the path.
[[nodiscard]] Result<Secret> ReadSecretFile(const std::string& path, size_t bytes_max);

// Without one line end after it.
[[nodiscard]] Secret WithoutLineEnd(const Secret& secret);

}  // namespace lakeferry
