#include <algorithm>

#include "daemon/commands/commands.h"

namespace lakeferry {
namespace {

constexpr const char* kWords[] = {"watch",    "pause",    "resume",      "resync",   "switchover",
                                  "failover", "failback", "drill",       "backup",   "restore",
                                  "at-risk",  "estimate", "permissions", "evidence", "gc"};

}  // namespace

void AddCommandsKeptForLater(CLI::App& app, Invocation& invocation) {
  for (const char* word : kWords) {
    CLI::App* command = app.add_subcommand(word, "not built yet")->group("");
    command->allow_extras();
    command->callback([&invocation, command, word] {
      // Whatever stands after the word is not looked at, but for the one option that says how to print the error.
      if (std::ranges::count(command->remaining(), "--json") > 0) invocation.options.json = true;
      invocation.action = [word]() -> Result<int> {
        return Fail(ErrorCode::kInvalidArgument, "'" + std::string(word) + "' is not built yet", "command line",
                    "'lakeferry --help' lists the commands there are");
      };
    });
  }
}

}  // namespace lakeferry
