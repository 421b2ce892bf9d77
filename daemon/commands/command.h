// What every command shares: global options, and where output goes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "base/known_secrets.h"
#include "base/result.h"
#include "daemon/commands/exit_code.h"
#include "daemon/config/config.h"
#include "daemon/config/load_config.h"
#include "daemon/output/report_output.h"
#include "daemon/wiring/wiring.h"
#include "plan/group/group_spec.h"

namespace lakeferry {

struct GlobalOptions {
  std::string config_path = "/etc/lakeferry/lakeferry.yaml";
  bool json = false;
  bool verbose = false;
};

// One run of the program. `action` is that of the command which the command line names; it runs once the whole line is
// read.
struct Invocation {
  GlobalOptions options;
  std::ostream& out;
  std::ostream& err;
  std::function<Result<int>()> action;
};

// The configuration file of the command line; -v makes its log level debug.
[[nodiscard]] Result<Config> LoadConfig(const Invocation& invocation);

// The level at which commands other than the daemon log: warnings, everything with -v.
[[nodiscard]] LogSettings CommandLog(const Invocation& invocation, const Config& config);

// The named group, or every group when `name` is empty. kInvalidArgument for an unknown name, with the nearest one.
[[nodiscard]] Result<std::vector<plan::GroupSpec>> SelectGroups(const Config& config, const std::string& name);

// Those of the groups that this build can run.
[[nodiscard]] std::vector<plan::GroupSpec> BuiltOf(const Config& config, std::vector<plan::GroupSpec> groups);

// The role named on the command line, else the configuration's; absent where neither says.
[[nodiscard]] std::optional<Role> ChosenRole(const std::string& option, const Config& config);

// The same for a command that does a role's work, as its service would: kRefused where the configuration keeps this
// host from the role that the command line names.
[[nodiscard]] Result<std::optional<Role>> RoleToWorkAs(const std::string& option, const Config& config);

// Prints whichever form was asked for; ToJson and ToText are found by the type of the report.
template <typename Report>
void Print(Invocation& invocation, const Report& report) {
  invocation.out << (invocation.options.json ? ToJson(report) : WithoutSecrets(ToText(report)));
}

}  // namespace lakeferry
