// The line of the log that says what a person told a role, whichever way it came.
#pragma once

#include "env/logger.h"
#include "plan/record/instruction.h"

namespace lakeferry {

void LogTold(Logger& log, const Instruction& said);

}  // namespace lakeferry
