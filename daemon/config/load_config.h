// Reads a configuration and says everything that is wrong with it at once. Touches nothing but its files and variables.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/config_problem.h"
#include "daemon/config/config_sources.h"

namespace lakeferry {

// Either a configuration without any problem, or all problems in the order of the file.
using ConfigResult = std::expected<Config, std::vector<ConfigProblem>>;

// Reads YAML or JSON. `file` is a name for places, and where what it includes is looked for; what that and variables
// are, `sources` says.
[[nodiscard]] ConfigResult LoadConfig(std::string_view text, const std::string& file, const ConfigSources& sources);

// The same of a text that has to do alone: no other file is there, and no variable is set.
[[nodiscard]] ConfigResult LoadConfig(std::string_view text, const std::string& file);

// The text of the file. kInvalidArgument where it is not there, is a folder, or cannot be read, each
// with its own way out; a file that is empty is read.
[[nodiscard]] Result<std::string> ReadConfigFile(const std::string& path);

// Reads the file, and with it those that it includes. kInvalidArgument when it cannot be read, or with all its problems
// in one message.
[[nodiscard]] Result<Config> LoadConfigFile(const std::string& path);

}  // namespace lakeferry
