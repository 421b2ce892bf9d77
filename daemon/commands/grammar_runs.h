// The grammar of `lakeferry runs`.
#pragma once

#include <CLI/CLI.hpp>

#include "daemon/commands/command.h"

namespace lakeferry {

// Adds the command with its own commands; `invocation` outlives the app.
void AddRuns(CLI::App& app, Invocation& invocation);

}  // namespace lakeferry
