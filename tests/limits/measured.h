// Runs a reader on hostile input in a child process and measures what it took beyond the input itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"

namespace lakeferry {

struct Measured {
  bool ended = false;  // false: the child died
  bool refused = false;
  std::string error;     // as people see it
  int64_t peak_mib = 0;  // resident memory at its highest, without what was there before the reader began
  double seconds = 0;
};

// `make` gives the input and `read` reads it, both in the child.
[[nodiscard]] Measured Measure(const std::function<std::string()>& make,
                               const std::function<Status(std::string)>& read);

}  // namespace lakeferry
