// What YAML files have for their writers' sake: maps that are written once and used often, and notes.
#pragma once

#include "daemon/config/config_node.h"

namespace lakeferry {

// At every depth: a map gets the keys of the maps under its key `<<` that it lacks itself, with their places (of a list
// of maps the first that has a key gives it), and loses the keys that begin with `x-`. Adds a problem where `<<` holds
// anything but maps. `file` is for places.
void ResolveMerges(ConfigNode& root, const std::string& file, ConfigProblems& problems);

}  // namespace lakeferry
