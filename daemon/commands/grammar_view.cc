#include "daemon/commands/grammar_view.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ranges>

#include "daemon/commands/examples.h"
#include "daemon/config/config_schema.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

std::string WholeName(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : WholeName(*parent) + " " + app.get_name();
}

// The parser tells what a value may be in the name of its type: "TEXT:{sender,receiver}", "INT:INT in [1 - 9]".
void ReadType(const std::string& type, OptionView& view) {
  const size_t colon = type.find(':');
  const std::string check = colon == std::string::npos ? std::string() : type.substr(colon + 1);
  view.value = type.substr(0, colon);
  if (view.value == "INT" || view.value == "UINT") view.value = "N";
  if (!check.starts_with('{') || !check.ends_with('}')) return;
  for (const auto choice : std::views::split(std::string_view(check).substr(1, check.size() - 2), ',')) {
    view.choices.emplace_back(choice.begin(), choice.end());
  }
}

OptionView ViewOfOption(const CLI::Option& option) {
  OptionView view{.help = option.get_description(),
                  .default_value = option.get_default_str(),
                  .variable = option.get_envname(),
                  .required = option.get_required()};
  for (const std::string& name : option.get_snames()) view.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) view.names.push_back("--" + name);
  if (option.get_type_size() != 0) ReadType(option.get_type_name(), view);
  return view;
}

void WriteOptions(json::Writer& json, std::string_view key, const std::vector<OptionView>& options) {
  json.Objects(key, options, [&](const OptionView& option) {
    json.Field("names", option.names);
    json.Field("value", option.value);
    json.Field("choices", option.choices);
    json.Field("help", option.help);
    json.Field("default", option.default_value);
    json.Field("variable", option.variable);
    json.Field("required", option.required);
  });
}

void WriteCommand(json::Writer& json, const CommandView& command) {
  json.Field("name", command.name);
  json.Field("help", command.help);
  json.Field("examples", command.examples);
  WriteOptions(json, "arguments", command.arguments);
  WriteOptions(json, "options", command.options);
  json.Objects("commands", command.commands, [&](const CommandView& child) { WriteCommand(json, child); });
}

void WriteConfiguration(json::Writer& json) {
  json.Objects("configuration", AllLevels(), [&](const ConfigLevel* level) {
    json.Field("level", level->name);
    json.Field("place", level->place);
    json.Objects("keys", level->keys, [&](const ConfigKey& key) {
      json.Field("name", key.name);
      json.Field("takes", key.takes);
      json.Field("default", key.fallback);
      json.Field("text", key.text);
      json.Field("required", key.required);
    });
  });
}

}  // namespace

CommandView ViewOf(const CLI::App& app) {
  CommandView view{.name = WholeName(app), .help = app.get_description(), .examples = ExamplesOf(WholeName(app))};
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? view.arguments : view.options).push_back(ViewOfOption(*option));
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) view.commands.push_back(ViewOf(*command));
  }
  return view;
}

std::string ToJson(const CommandView& program) {
  json::Writer json(json::Texts::kAsTheyAre);
  WriteCommand(json, program);
  WriteConfiguration(json);
  return json.FinishLine();
}

}  // namespace lakeferry
