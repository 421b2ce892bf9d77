#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace lakeferry {

void CheckFailed(const char* condition, const char* why, std::source_location place) {
  std::fprintf(stderr, "lakeferry: invariant broken: %s (%s) at %s:%u\n", why, condition, place.file_name(),
               place.line());
  std::abort();
}

}  // namespace lakeferry
