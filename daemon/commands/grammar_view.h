// The grammar of the command line as values, read off the parser itself: for help, the manual page and completions.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace lakeferry {

struct OptionView {
  std::vector<std::string> names;  // "-c", "--config"; none of a positional argument
  std::string value;               // "FILE"; empty for a flag
  std::vector<std::string> choices;
  std::string help;
  std::string default_value;
  std::string variable;  // of the environment
  bool required = false;
};

struct CommandView {
  std::string name;  // whole: "lakeferry runs add"
  std::string help;
  std::vector<std::string> examples;
  std::vector<OptionView> arguments;  // by position
  std::vector<OptionView> options;    // its own
  std::vector<CommandView> commands;  // those that help lists
};

[[nodiscard]] CommandView ViewOf(const CLI::App& app);

// One document: the program as ViewOf has it, and the keys of the configuration (config_schema.h).
[[nodiscard]] std::string ToJson(const CommandView& program);

// The help of a command, in 80 columns; those of `program`'s options that every command takes stand in it as well.
[[nodiscard]] std::string HelpText(const CommandView& command, const CommandView& program);

}  // namespace lakeferry
