// Where the process that has a role listens for commands: beside the metadata store, as its lock. One rule, which every
// command can follow with nothing but the configuration.
#pragma once

#include <string>

#include "base/result.h"
#include "plan/record/role.h"

namespace lakeferry::control {

// "<metadata_store>.<role>.sock".
[[nodiscard]] std::string ControlPlace(const std::string& metadata_store, Role role);

// kInvalidArgument for a path that is longer than the address of a socket may be.
[[nodiscard]] Status CheckControlPlace(const std::string& path);

}  // namespace lakeferry::control
