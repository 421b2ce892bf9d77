#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>

#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/output/human.h"
#include "daemon/output/init_output.h"
#include "daemon/setup/drop_in.h"
#include "daemon/setup/first_config.h"
#include "daemon/setup/first_questions.h"
#include "daemon/setup/first_tables.h"
#include "daemon/setup/next_steps.h"
#include "daemon/setup/service_needs.h"
#include "daemon/setup/unit_words.h"
#include "daemon/wiring/checks.h"
#include "daemon/wiring/log_sink.h"
#include "engine/inquire/table_search.h"

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

// Whether anything is said that a first configuration alone can have.
bool SaysTables(const InitOptions& options) {
  return std::ranges::any_of(std::array{&options.source, &options.target, &options.staging, &options.group,
                                        &options.workflow, &options.mode, &options.region, &options.metadata_store},
                             [](const std::string* said) { return !said->empty(); });
}

Result<setup::FirstWords> WordsOf(const InitOptions& options) {
  if (options.source.empty() || options.target.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "which tables are meant, or where their replicas go, is not said",
                "command line", "give --source PLACE and --target PLACE, or neither for an example");
  }
  setup::FirstWords words;
  LF_TRY(words.places.source, setup::PlaceUri(options.source));
  LF_TRY(words.places.target, setup::PlaceUri(options.target));
  words.places.staging = setup::StagingBeside(words.places.target);
  if (!options.staging.empty()) {
    LF_TRY(words.places.staging, setup::PlaceUri(options.staging));
  }
  if (!options.group.empty()) words.group = options.group;
  if (!options.region.empty()) words.region = options.region;
  if (!options.mode.empty()) words.mode = options.mode;
  words.workflow = options.workflow;
  return words;
}

// On a terminal, of somebody who has said nothing, what to write is asked; absent where nothing is to be looked for.
Result<std::optional<setup::FirstWords>> WordsToUse(const Invocation& invocation, const InitOptions& options,
                                                    const setup::TableFinder& find) {
  if (SaysTables(options)) {
    LF_TRY(setup::FirstWords words, WordsOf(options));
    return words;
  }
  const bool asks = !invocation.options.json && &invocation.out == &std::cout && ::isatty(STDIN_FILENO) != 0 &&
                    ::isatty(STDOUT_FILENO) != 0;
  if (!asks) return std::nullopt;
  LF_TRY(setup::FirstWords words, setup::Ask(std::cin, invocation.out, find, {}));
  return words.places.source.empty() ? std::nullopt : std::optional(std::move(words));
}

// The text of a configuration of every table that is found; it loads.
Result<std::string> ConfigOfTables(const InitOptions& options, const setup::FirstWords& words,
                                   const setup::TableFinder& find, const std::string& path, InitReport& report) {
  LF_TRY(const std::vector<ObjectPath> folders, find(words.places.source));
  setup::FirstAnswers answers{.role = ChosenRole(options.role, Config()),
                              .region = words.region,
                              .staging = words.places.staging,
                              .group = words.group,
                              .workflow = words.workflow,
                              .mode = words.mode};
  if (!options.metadata_store.empty()) answers.metadata_store = fs::absolute(options.metadata_store).string();
  LF_TRY(answers.tables, setup::TablesBelow(words.places.source, words.places.target, folders));
  std::string text = setup::FirstConfig(answers);
  const ConfigResult config = LoadConfig(text, path, SourcesOfMachine());
  if (!config) {
    const std::vector<plan::Finding> problems = ConfigFindings(path, config.error());
    return Fail(ErrorCode::kInvalidArgument, "what was said makes no configuration: " + problems.front().what,
                "command line", problems.front().remedy);
  }
  report.notes.push_back({.severity = plan::Severity::kInfo,
                          .what = fmt::format("{} found", HumanCount(static_cast<int64_t>(folders.size()), "table")),
                          .where = words.places.source,
                          .remedy = {}});
  return text;
}

Result<InitReport> FirstStart(const Invocation& invocation, const InitOptions& options) {
  const std::string& path = invocation.options.config_path;
  LogSink log(CommandLog(invocation, Config()));
  std::unique_ptr<Wiring> wiring;
  const setup::TableFinder find = [&](const std::string& uri) {
    if (!wiring) wiring = Wiring::WithoutState(log);
    return wiring->Run(engine::FindTables({}, wiring->env(), uri));
  };
  InitReport report{.written = !options.dry_run, .files = {}, .notes = {}, .next = {}};
  LF_TRY(const std::optional<setup::FirstWords> words, WordsToUse(invocation, options, find));
  std::string text = setup::FirstConfig(ChosenRole(options.role, Config()));
  if (words) {
    LF_TRY(text, ConfigOfTables(options, *words, find, path, report));
  }
  LF_TRY(SettledFile file, setup::Compare(path, text, {}));
  if (report.written) {
    LF_TRY_OK(setup::Write(file, kConfigMode));
  }
  file.added.clear();  // all of it
  report.files.push_back(std::move(file));
  report.next = setup::StepsAfterConfig(path, !words, OptionsAgain(invocation));
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
  if (!first && SaysTables(options)) {
    return Fail(ErrorCode::kRefused, "there is a configuration already, which init leaves as it is",
                invocation.options.config_path,
                "add tables there by hand (operations.md, \"Adding a table\"), or name another file with --config");
  }
  LF_TRY(const InitReport report, first ? FirstStart(invocation, options) : DropIns(invocation, options));
  Print(invocation, report);
  return kExitDone;
}

}  // namespace lakeferry
