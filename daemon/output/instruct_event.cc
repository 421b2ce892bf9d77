#include "daemon/output/instruct_event.h"

namespace lakeferry {

void LogTold(Logger& log, const Instruction& said) {
  log.Write(LogLevel::kInfo, "told by a person",
            {{"group", said.group},
             {"instruction", std::string(InstructionName(said.kind))},
             {"table", said.table},
             {"by", said.by},
             {"why", said.why}});
}

}  // namespace lakeferry
