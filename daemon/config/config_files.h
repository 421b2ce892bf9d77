// The files of a configuration: the one that is named on the command line, and those that it includes.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/config_reader.h"
#include "daemon/config/config_sources.h"
#include "plan/group/finding.h"

namespace lakeferry {

struct ConfigFile {
  std::string name;
  ConfigNode root;               // with merges and variables in place
  std::optional<ConfigMap> map;  // of `root`; absent where the file holds nothing, or after a problem
};

// The first file first, the others in the order of `include`, each before those that it includes itself. Addresses of
// elements count: maps point to their nodes.
struct ConfigFiles {
  std::deque<ConfigFile> files;
  std::vector<plan::Finding> notes;  // entries of `include` that name no file
  bool incomplete = false;           // a file could not be read: what is not here may stand there
};

// Reads all of them. A problem is added for each that is not there, cannot be read, is named a second time, or includes
// itself in the end, and where files include each other too deep, or are too many.
[[nodiscard]] ConfigFiles ReadConfigFiles(std::string_view text, const std::string& name, const ConfigSources& sources,
                                          ConfigProblems& problems);

}  // namespace lakeferry
