// What declarations of commands have in common: how a command is added, and arguments that several have.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/result.h"
#include "daemon/commands/command.h"

namespace lakeferry {

template <typename Options>
struct Command {
  const char* name;
  const char* description;
  void (*declare)(CLI::App&, Options&);
  Result<int> (*run)(Invocation&, const Options&);
};

template <typename Options>
void Add(CLI::App& app, Invocation& invocation, const Command<Options>& of) {
  CLI::App* command = app.add_subcommand(of.name, of.description);
  command->fallthrough();  // global options may stand after the command
  const auto options = std::make_shared<Options>();
  of.declare(*command, *options);
  command->callback([&invocation, options, run = of.run] {
    invocation.action = [&invocation, options, run] { return run(invocation, *options); };
  });
}

// The group that a command is about, if not all.
inline void GroupArgument(CLI::App& command, std::string& group) {
  command.add_option("group", group, "this group alone")->type_name("GROUP");
}

inline void RoleOption(CLI::App& command, std::string& role) {
  command.add_option("--role", role, "the side it is about; default: as configured")
      ->check(CLI::IsMember({"sender", "receiver"}));
}

}  // namespace lakeferry
