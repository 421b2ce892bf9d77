// LF_CHECK: an invariant of the program. It stays on in release builds and ends the process; durable state is always
// consistent, so a restart is safe, and going on would not be.
#pragma once

#include <source_location>

namespace lakeferry {

[[noreturn]] void CheckFailed(const char* condition, const char* why,
                              std::source_location place = std::source_location::current());

}  // namespace lakeferry

#define LF_CHECK(condition, why)                                 \
  do {                                                           \
    if (!(condition)) ::lakeferry::CheckFailed(#condition, why); \
  } while (false)
