#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "daemon/commands/commands.h"
#include "daemon/output/init_output.h"
#include "daemon/setup/drop_in.h"
#include "daemon/setup/first_config.h"
#include "daemon/setup/next_steps.h"
#include "daemon/setup/service_needs.h"
#include "daemon/setup/unit_words.h"

namespace lakeferry {
namespace {

namespace fs = std::filesystem;
using setup::ServiceNeeds;
using setup::SettledFile;

constexpr char kDropInFolder[] = "/etc/systemd/system";
// Secrets are not in it, but who may look into its folder is the operator's word.
constexpr unsigned kConfigMode = 0640;
constexpr unsigned kDropInMode = 0644;

// Those that the next commands need as well.
std::string OptionsAgain(const Invocation& invocation) {
  const std::string& path = invocation.options.config_path;
  return path == GlobalOptions().config_path ? std::string() : " --config " + setup::ShellWord(path);
}

std::vector<Role> RolesToSetUp(const InitOptions& options, const Config& config) {
  const std::optional<Role> chosen = options.role == "both" ? std::nullopt : ChosenRole(options.role, config);
  if (chosen) return {*chosen};
  return {Role::kSender, Role::kReceiver};
}

Status CheckRoles(const std::vector<Role>& roles, const Config& config) {
  if (!config.role || roles == std::vector{*config.role}) return {};
  return Fail(ErrorCode::kInvalidArgument, fmt::format("this host is configured as {} alone", RoleName(*config.role)),
              config.file, "leave --role out, or change 'role' there");
}

// Where drop-ins belong; empty where they are only shown: to who may not write them, and where the units are not those
// of a package.
std::string DropInFolder(const InitOptions& options, const std::vector<Role>& roles) {
  if (!options.units.empty()) return options.units;
  const bool installed = std::ranges::all_of(roles, [](Role role) {
    std::error_code ignored;
    return fs::exists("/usr/lib/systemd/system/" + setup::UnitName(RoleName(role)) + ".service", ignored);
  });
  return installed && ::geteuid() == 0 ? kDropInFolder : "";
}

Result<InitReport> FirstStart(const Invocation& invocation, const InitOptions& options) {
  const std::string& path = invocation.options.config_path;
  LF_TRY(SettledFile file, setup::Compare(path, setup::FirstConfig(ChosenRole(options.role, Config())), {}));
  InitReport report{.written = !options.dry_run, .files = {}, .notes = {}, .next = {}};
  if (report.written) {
    LF_TRY_OK(setup::Write(file, kConfigMode));
  }
  file.added.clear();  // all of it
  report.files.push_back(std::move(file));
  report.next = setup::StepsAfterConfig(path, OptionsAgain(invocation));
  return report;
}

Result<InitReport> DropIns(const Invocation& invocation, const InitOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  const std::vector<Role> roles = RolesToSetUp(options, config);
  LF_TRY_OK(CheckRoles(roles, config));
  const std::string folder = DropInFolder(options, roles);
  InitReport report{.written = !options.dry_run && !folder.empty(), .files = {}, .notes = {}, .next = {}};
  std::vector<ServiceNeeds> needs;
  for (const Role role : roles) {
    needs.push_back(setup::NeedsOf(config, role));
    const std::string path = (fs::path(folder.empty() ? kDropInFolder : folder) / setup::DropInName(role)).string();
    LF_TRY(SettledFile file, setup::Compare(path, setup::DropIn(needs.back()), setup::kDropInMark));
    report.files.push_back(std::move(file));
    std::ranges::copy(needs.back().notes, std::back_inserter(report.notes));
  }
  if (report.written) {
    for (const SettledFile& file : report.files) {
      LF_TRY_OK(setup::Write(file, kDropInMode));
    }
  }
  report.next = setup::StepsAfterDropIns(needs, report.files, OptionsAgain(invocation));
  return report;
}

bool IsThere(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error) || error;  // what cannot be looked at may be there: reading it says why
}

}  // namespace

Result<int> RunInit(Invocation& invocation, const InitOptions& options) {
  const bool first = !IsThere(invocation.options.config_path);
  LF_TRY(const InitReport report, first ? FirstStart(invocation, options) : DropIns(invocation, options));
  Print(invocation, report);
  return kExitDone;
}

}  // namespace lakeferry
