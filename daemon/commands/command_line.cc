#include "daemon/commands/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/nearest_key.h"
#include "daemon/commands/command.h"
#include "daemon/commands/grammar.h"
#include "daemon/commands/grammar_view.h"
#include "daemon/setup/denial_advice.h"

namespace lakeferry {
namespace {

int Complain(Invocation& invocation, const Error& error) {
  invocation.err << (invocation.options.json ? ToJson(error) : ErrorText(error));
  return ExitCodeFor(error);
}

// The innermost command that was named; the program itself where none was.
const CLI::App& Innermost(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? app : Innermost(*named.front());
}

// The word that stands where a command should, and is none; empty where there is no such word.
std::string NoCommand(const CLI::App& app, const CLI::App& command) {
  if (command.get_subcommands([](const CLI::App*) { return true; }).empty()) return {};
  // What a command does not know may have fallen through to those above it.
  const std::vector<std::string> rest = app.remaining(true);
  const auto word = std::ranges::find_if(rest, [](const std::string& text) { return !text.starts_with('-'); });
  return word == rest.end() ? std::string() : *word;
}

Error UnknownCommand(const CLI::App& command, const std::string& word, const std::string& name) {
  std::vector<std::string> names;
  for (const CLI::App* child : command.get_subcommands([](const CLI::App*) { return true; })) {
    if (!child->get_group().empty()) names.push_back(child->get_name());  // those kept for later have no group
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string_view nearest = NearestKey(word, candidates);
  const std::string list = fmt::format("'{} --help' lists the commands", name);
  return {.code = ErrorCode::kInvalidArgument,
          .message = fmt::format("'{}' is no command of {}", word, name),
          .where = "command line",
          .remedy = nearest.empty() ? list : fmt::format("did you mean {}? {}", nearest, list)};
}

// What the option that no command knows was probably to be: empty where there is no such option, or none is near.
std::string NearestOption(const CLI::App& app, const CLI::App& command) {
  const std::vector<std::string> rest = app.remaining(true);
  const auto found = std::ranges::find_if(rest, [](const std::string& text) { return text.starts_with("--"); });
  if (found == rest.end()) return {};
  const auto bare = [](std::string name) {
    name.erase(0, 2);
    std::ranges::replace(name, '-', '_');  // as words are compared
    return name;
  };
  std::vector<std::string> names;
  for (const CLI::App* level = &command; level != nullptr; level = level->get_parent()) {
    for (const OptionView& option : ViewOf(*level).options) names.push_back(bare(option.names.back()));
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  std::string nearest(NearestKey(bare(found->substr(0, found->find('='))), candidates));
  std::ranges::replace(nearest, '_', '-');
  return nearest.empty() ? nearest : "--" + nearest;
}

int UsageError(CLI::App& app, Invocation& invocation, const CLI::ParseError& error) {
  const CLI::App& command = Innermost(app);
  const CLI::App* parent = command.get_parent();
  std::string name = &command == &app ? "lakeferry" : command.get_name();
  for (; parent != nullptr; parent = parent->get_parent()) name.insert(0, parent->get_name() + " ");
  const std::string word = NoCommand(app, command);
  if (!word.empty()) return Complain(invocation, UnknownCommand(command, word, name));
  const std::string nearest = NearestOption(app, command);
  const std::string list = fmt::format("'{} --help' lists what it takes", name);
  return Complain(invocation,
                  Error{.code = ErrorCode::kInvalidArgument,
                        .message = error.what(),
                        .where = "command line",
                        .remedy = nearest.empty() ? list : fmt::format("did you mean {}? {}", nearest, list)});
}

}  // namespace

int RunCommandLine(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
  CLI::App app("Keeps groups of Delta Lake tables in a second region, each at the state of a finished workflow.",
               "lakeferry");
  Invocation invocation{.options = {}, .out = out, .err = err, .action = {}};
  DeclareGrammar(app, invocation);
  setup::AdviseByHand();
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
