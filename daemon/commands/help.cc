#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "daemon/commands/grammar_view.h"

namespace lakeferry {
namespace {

constexpr size_t kColumns = 80;
constexpr size_t kIndent = 2;
constexpr size_t kTextAt = 24;  // where what is said of a name begins

std::string Spaces(size_t count) { return std::string(count, ' '); }

// The words from column `at` on, as many a line as go into it; what stands before is there already.
std::string Filled(const std::string& text, size_t at) {
  std::istringstream words(text);
  std::string out;
  size_t column = at;
  for (std::string word; words >> word;) {
    if (column > at && column + 1 + word.size() > kColumns) {
      out += "\n" + Spaces(at);
      column = at;
    }
    if (column > at) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out + "\n";
}

std::string Entry(const std::string& name, const std::string& text) {
  std::string out = Spaces(kIndent) + name;
  if (out.size() + kIndent > kTextAt) {
    out += "\n" + Spaces(kTextAt);
  } else {
    out += Spaces(kTextAt - out.size());
  }
  return out + Filled(text, kTextAt);
}

std::string ValueOf(const OptionView& option) {
  if (option.choices.empty()) return option.value;
  return fmt::format("{}", fmt::join(option.choices, "|"));
}

std::string NameOf(const OptionView& option) {
  std::string value = ValueOf(option);
  if (option.names.empty()) return value;
  return fmt::format("{}{}{}", fmt::join(option.names, ", "), value.empty() ? "" : " ", value);
}

std::string OptionEntry(const OptionView& option) {
  std::string text = option.help;
  if (option.required && !option.names.empty()) text += " (required)";
  if (!option.default_value.empty()) text += fmt::format(" (default: {})", option.default_value);
  if (!option.variable.empty()) text += fmt::format(" (or by the variable {})", option.variable);
  return Entry(NameOf(option), text);
}

std::string Options(std::string_view title, const std::vector<OptionView>& options) {
  if (options.empty()) return {};
  std::string text = fmt::format("\n{}:\n", title);
  for (const OptionView& option : options) text += OptionEntry(option);
  return text;
}

bool IsOf(const OptionView& option, std::string_view name) {
  return std::ranges::find(option.names, name) != option.names.end();
}

// What every command takes of the program's own options.
std::vector<OptionView> Global(const CommandView& program) {
  std::vector<OptionView> options = program.options;
  std::erase_if(options, [](const OptionView& option) { return IsOf(option, "--help") || IsOf(option, "--version"); });
  return options;
}

std::string Usage(const CommandView& command) {
  std::string text = "Usage: " + command.name;
  for (const OptionView& argument : command.arguments) {
    text += fmt::format(fmt::runtime(argument.required ? " {}" : " [{}]"), ValueOf(argument));
  }
  for (const OptionView& option : command.options) {
    if (option.required) text += fmt::format(" {} {}", option.names.back(), ValueOf(option));
  }
  if (!command.commands.empty()) text += " COMMAND";
  return Filled(text + " [OPTIONS]", 0);
}

}  // namespace

std::string HelpText(const CommandView& command, const CommandView& program) {
  std::string text = Filled(command.help, 0) + Usage(command) + Options("Arguments", command.arguments) +
                     Options("Options", command.options);
  if (command.name != program.name) text += Options("Options of every command", Global(program));
  if (!command.commands.empty()) text += "\nCommands:\n";
  for (const CommandView& child : command.commands) {
    text += Entry(child.name.substr(command.name.size() + 1), child.help);
  }
  if (!command.commands.empty()) text += fmt::format("\n'{} COMMAND --help' says more of each.\n", command.name);
  if (!command.examples.empty()) text += "\nExamples:\n";
  for (const std::string& example : command.examples) text += Spaces(kIndent) + example + "\n";
  return text;
}

}  // namespace lakeferry
