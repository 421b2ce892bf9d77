#include "daemon/wiring/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/location.h"
#include "daemon/commands/check_as_service.h"
#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/output/human.h"
#include "daemon/wiring/http_check.h"
#include "daemon/wiring/lifecycle_check.h"
#include "daemon/wiring/log_sink.h"
#include "daemon/wiring/missing_folders.h"
#include "daemon/wiring/notifier_check.h"
#include "daemon/wiring/usable_credentials.h"
#include "engine/inquire/group_check.h"
#include "engine/inquire/wall_check.h"
#include "engine/tend/status_exporter.h"
#include "plan/group/group_places.h"

namespace lakeferry {
namespace {

using Findings = std::vector<plan::Finding>;

void Append(Findings& findings, Findings more) {
  findings.insert(findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Task<Result<Findings>> AsResult(Task<Findings> task) {
  Findings findings = co_await std::move(task);
  co_return findings;
}

// The metadata store where there is one and it opens; what needs none is checked without.
std::unique_ptr<Wiring> OpenWiring(const Config& config, Logger& log, Findings& findings) {
  Append(findings, CheckMetadataStore(config.metadata_store));
  Result<std::unique_ptr<Wiring>> wiring = Wiring::Make(config, log, StateUse::kLook);
  if (wiring) return std::move(*wiring);
  const Error& error = wiring.error();
  findings.push_back({.severity = plan::Severity::kError,
                      .what = error.message,
                      .where = error.where.empty() ? config.metadata_store : error.where,
                      .remedy = error.remedy});
  return Wiring::WithoutState(log);
}

Status CheckSides(const Config& config, std::optional<Role> role, Wiring& wiring, Findings& findings) {
  const std::string state_folder = std::filesystem::path(config.metadata_store).parent_path();
  LF_TRY(Findings places,
         wiring.Run(AsResult(engine::CheckPlaces({}, wiring.env(), config.groups, StateRoot(state_folder)))));
  Append(findings, std::move(places));
  engine::CheckScope scope{.configured = {}, .missing = MissingFolders(config.groups)};
  for (const plan::GroupSpec& group : config.groups) scope.configured.insert(group.name);
  for (const plan::GroupSpec& group : config.groups) {
    if (!CheckBuilt(config, group.name)) {  // named already
      // What answers for its runs is reached all the same, unless nothing says where that is.
      if (role == Role::kReceiver || !config.workflow_sources.contains(group.name)) continue;
      LF_TRY(Findings found, wiring.Run(AsResult(engine::CheckWorkflows({}, wiring.env(), group))));
      for (plan::Finding& finding : found) finding.group = group.name;
      Append(findings, std::move(found));
      continue;
    }
    for (const Role side : {Role::kSender, Role::kReceiver}) {
      if (role && *role != side) continue;
      LF_TRY(Findings found, wiring.Run(AsResult(engine::CheckGroup({}, wiring.env(), group, side, scope))));
      LF_TRY(Findings rules, wiring.Run(AsResult(CheckLifecycle({}, wiring.far_stores(), group, side))));
      Append(found, std::move(rules));
      for (plan::Finding& finding : found) {
        finding.group = group.name;
        plan::PlaceIn(group, finding.where);
        // What both sides say is said once.
        if (std::ranges::find(findings, finding) == findings.end()) findings.push_back(std::move(finding));
      }
    }
  }
  return {};
}

// What the writes before this have found out, or others within a day.
void AddProbes(Wiring& wiring, Findings& findings) {
  for (const auto& [place, probed] : wiring.far_stores().Probed()) {
    findings.push_back(
        {.severity = plan::Severity::kInfo,
         .what = fmt::format("tried at {}, good until {}: {}", place, FormatUtc(*probed.ends), Describe(probed)),
         .where = {},
         .remedy = {}});
  }
}

// Of the process, or of a group.
void AddLimit(const plan::Bandwidth& bandwidth, const std::string& of, const engine::Environment& env,
              Findings& findings) {
  if (!bandwidth.limits()) return;
  const Result<plan::ByteRate> limit = plan::LimitAt(bandwidth, env.clock.WallTime(), env.zones);
  if (!limit) return;  // named where the configuration was read
  const std::string now = *limit ? fmt::format("at most {}/s", HumanBytes(**limit)) : "as fast as it goes";
  findings.push_back({.severity = plan::Severity::kInfo,
                      .what = fmt::format("bandwidth: {} copies {} at this time", of, now),
                      .where = {},
                      .remedy = {}});
}

void AddBandwidth(const Config& config, const engine::Environment& env, Findings& findings) {
  AddLimit(config.limits.bandwidth, "this process", env, findings);
  for (const plan::GroupSpec& group : config.groups) {
    const size_t before = findings.size();
    AddLimit(group.bandwidth, fmt::format("group '{}'", group.name), env, findings);
    if (findings.size() > before) findings.back().group = group.name;
  }
}

// What is asked of a staging location that counts requests.
void AddPolls(const Config& config, Findings& findings) {
  constexpr Millis kDay = std::chrono::hours(24);
  for (const plan::GroupSpec& group : config.groups) {
    const auto scheme = SchemeOf(group.staging_uri);
    if (!scheme || *scheme == Scheme::kFile) continue;
    findings.push_back(
        {.severity = plan::Severity::kInfo,
         .what = fmt::format("group '{}': staging is asked every {} for what is new, {} requests a day on either side",
                             group.name, FormatDuration(group.poll_interval), kDay / group.poll_interval),
         .where = {},
         .remedy = {}});
    findings.back().group = group.name;
  }
}

// Reading alone: that it may be written the first export shows, and no epoch depends on it.
void AddStatusTable(const Config& config, Wiring& wiring, Findings& findings) {
  if (!config.status_table) return;
  const auto& table = *config.status_table;
  const engine::StatusExporter exporter(
      wiring.env(), wiring.row_files(),
      {.uri = table.uri, .credential = table.credential, .right = StoreRight::kWriteTarget});
  const Result<bool> there = wiring.Run(exporter.Check({}));
  if (!there) {
    const Error& error = there.error();
    findings.push_back({.severity = plan::Severity::kError,
                        .what = "status table: " + error.message,
                        .where = error.where.empty() ? Place(table.uri) : error.where,
                        .remedy = error.remedy});
    return;
  }
  findings.push_back({.severity = plan::Severity::kInfo,
                      .what = *there ? "status table: it is there" : "status table: the first export makes it",
                      .where = table.uri,
                      .remedy = {}});
}

Status CheckWallsOf(const Config& config, Role role, Wiring& wiring, Findings& findings) {
  const auto credentials = [&config](const std::string& uri) { return UsableCredentials(config.stores, uri); };
  for (const plan::GroupSpec& group : config.groups) {
    if (!CheckBuilt(config, group.name)) continue;
    LF_TRY(Findings found, wiring.Run(AsResult(engine::CheckWalls({}, wiring.env(), group, role, credentials))));
    for (plan::Finding& finding : found) {
      finding.group = group.name;
      plan::PlaceIn(group, finding.where);
    }
    Append(findings, std::move(found));
  }
  return {};
}

}  // namespace

Result<int> RunCheck(Invocation& invocation, const CheckOptions& options) {
  if (options.as_service) return CheckAsService(invocation, options);
  const std::string& file = invocation.options.config_path;
  LF_TRY(const std::string text, ReadConfigFile(file));
  const ConfigResult config = LoadConfig(text, file, SourcesOfMachine());
  if (!config) {
    const Findings findings = ConfigFindings(file, config.error());
    Print(invocation, findings);
    return Fail(ErrorCode::kInvalidArgument, fmt::format("the configuration has {} problem(s)", findings.size()),
                findings.front().where, "mend them all, then check again");
  }
  const std::optional<Role> role = ChosenRole(options.role, *config);
  if (options.walls && !role) {
    return Fail(ErrorCode::kInvalidArgument, "walls are those of a role, and which is meant is not said",
                "command line", "say --role sender or --role receiver; a host that is both has none between them");
  }
  Findings findings = ConfigFindings(*config);
  LogSink log(CommandLog(invocation, *config));
  const std::unique_ptr<Wiring> wiring = OpenWiring(*config, log, findings);
  LF_TRY_OK(CheckSides(*config, role, *wiring, findings));
  if (options.walls) LF_TRY_OK(CheckWallsOf(*config, *role, *wiring, findings));
  AddProbes(*wiring, findings);
  AddBandwidth(*config, wiring->env(), findings);
  AddPolls(*config, findings);
  AddStatusTable(*config, *wiring, findings);
  const std::vector<Role> roles = role ? std::vector{*role} : std::vector{Role::kSender, Role::kReceiver};
  Append(findings, CheckHttp(*config, roles, wiring->env().clock.WallTime()));
  if (config->smtp) Append(findings, CheckMailServer(*config->smtp));
  if (options.notify) Append(findings, TryNotifiers(*config, role, *wiring));
  Print(invocation, findings);
  return IsOk(findings) ? kExitDone : kExitFailed;
}

}  // namespace lakeferry
