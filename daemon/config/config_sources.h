// ConfigSources: what a configuration reads beside its own text, as functions, so that reading it touches nothing by
// itself.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace lakeferry {

struct ConfigSources {
  // The text of a file. kNotFound where there is none of that name; any other error where it cannot be read.
  std::function<Result<std::string>(const std::string& path)> read;
  // The names in a folder, in any order. kNotFound where no folder has that name; any other error where it cannot be
  // listed.
  std::function<Result<std::vector<std::string>>(const std::string& folder)> list;
  // What an environment variable is set to.
  std::function<std::optional<std::string>(const std::string& name)> variable;
};

// Nothing: no file is there, and no variable is set.
[[nodiscard]] ConfigSources NoSources();

// This machine's files and the process's environment.
[[nodiscard]] ConfigSources SourcesOfMachine();

}  // namespace lakeferry
