#include "daemon/commands/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "daemon/commands/command.h"
#include "daemon/commands/grammar.h"

namespace lakeferry {
namespace {

int Complain(Invocation& invocation, const Error& error) {
  invocation.err << (invocation.options.json ? ToJson(error) : ErrorText(error));
  return ExitCodeFor(error);
}

int UsageError(CLI::App& app, Invocation& invocation, const CLI::ParseError& error) {
  const CLI::App* command = app.get_subcommands().empty() ? nullptr : app.get_subcommands().front();
  const std::string name = command == nullptr ? "lakeferry" : "lakeferry " + command->get_name();
  return Complain(invocation, Error{.code = ErrorCode::kInvalidArgument,
                                    .message = error.what(),
                                    .where = "command line",
                                    .remedy = "'" + name + " --help' lists what it takes"});
}

}  // namespace

int RunCommandLine(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
  CLI::App app("Keeps groups of Delta Lake tables in a second region, each at the state of a finished workflow.",
               "lakeferry");
  Invocation invocation{.options = {}, .out = out, .err = err, .action = {}};
  DeclareGrammar(app, invocation);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them last first
  } catch (const CLI::Success& success) {                                       // --help, --version
    app.exit(success, out, err);
    return kExitDone;
  } catch (const CLI::ParseError& error) {
    if (std::ranges::find(arguments, "--json") != arguments.end()) invocation.options.json = true;
    return UsageError(app, invocation, error);
  }
  const Result<int> code = invocation.action();
  if (!code) return Complain(invocation, code.error());
  // Whoever reads it must not take the beginning of an answer for all of it.
  if (out.flush()) return *code;
  return Complain(invocation, Error{.code = ErrorCode::kUnavailable,
                                    .message = "the output could not be written to its end",
                                    .where = "standard output",
                                    .remedy = "look at the disk it goes to, or the program that reads it"});
}

}  // namespace lakeferry
