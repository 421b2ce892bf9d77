// What to do where the system denies access to a file. An adapter knows the path and errno; as whom the process runs,
// and which line of its service unit would mend it, the program knows, and says so here once.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace lakeferry {

enum class Denial {
  kNoRight,   // EACCES, EPERM: this user may not
  kReadOnly,  // EROFS: nobody may write there, as this process sees the file system
};

// The denial that errno tells of; absent where it tells of something else.
[[nodiscard]] std::optional<Denial> DenialOf(int error_number);

using DenialAdvice = std::function<std::string(Denial denial, const std::string& path)>;

// From now on DenialRemedy says what `advice` does, which is called on any thread and may look at the path. An empty
// one: plain words again. Any thread.
void SetDenialAdvice(DenialAdvice advice);

// The remedy of an error at `path`. Any thread.
[[nodiscard]] std::string DenialRemedy(Denial denial, const std::string& path);

}  // namespace lakeferry
