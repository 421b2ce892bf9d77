// What `init` has written, or would write, as text and JSON.
#pragma once

#include <string>
#include <vector>

#include "daemon/setup/settled_file.h"
#include "plan/group/finding.h"

namespace lakeferry {

struct InitReport {
  bool written = false;  // else it only tells
  std::vector<setup::SettledFile> files;
  std::vector<plan::Finding> notes;
  std::vector<std::string> next;  // commands, and what to do by hand
};

[[nodiscard]] std::string ToJson(const InitReport& report);
// What is not written stands there whole, below a line with its place that begins with '#'.
[[nodiscard]] std::string ToText(const InitReport& report);

}  // namespace lakeferry
