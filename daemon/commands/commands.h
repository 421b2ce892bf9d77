// The commands, one function each: declares it in the parser.
#pragma once

#include "daemon/commands/command.h"

namespace lakeferry {

void AddServiceCommands(CLI::App& app, Invocation& invocation);  // sender, receiver
void AddCheckCommand(CLI::App& app, Invocation& invocation);     // check
void AddPlanCommand(CLI::App& app, Invocation& invocation);      // plan
void AddSyncCommand(CLI::App& app, Invocation& invocation);      // sync
void AddStatusCommand(CLI::App& app, Invocation& invocation);    // status
void AddHistoryCommand(CLI::App& app, Invocation& invocation);   // history
void AddVersionsCommand(CLI::App& app, Invocation& invocation);  // versions
void AddVerifyCommand(CLI::App& app, Invocation& invocation);    // verify
void AddRunsCommands(CLI::App& app, Invocation& invocation);     // runs add, runs list
void AddLogCommand(CLI::App& app, Invocation& invocation);       // log
void AddCommandsKeptForLater(CLI::App& app, Invocation& invocation);

}  // namespace lakeferry
