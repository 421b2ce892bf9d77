#include "daemon/wiring/checks.h"

#include <fmt/format.h>

#include "base/known_secrets.h"
#include "base/location.h"
#include "daemon/commands/check_as_service.h"
#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/output/findings_output.h"
#include "daemon/output/human.h"
#include "daemon/wiring/disk_check.h"
#include "daemon/wiring/http_check.h"
#include "daemon/wiring/log_sink.h"
#include "daemon/wiring/looked_up_groups.h"
#include "daemon/wiring/notifier_check.h"
#include "daemon/wiring/secret_check.h"
#include "daemon/wiring/server_check.h"
#include "daemon/wiring/sides_check.h"
#include "daemon/wiring/status_table_check.h"

namespace lakeferry {
namespace {

using Findings = std::vector<plan::Finding>;

void Append(Findings& findings, Findings more) {
  findings.insert(findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
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

// With all that is well, or a page of it.
void PrintFindings(Invocation& invocation, const Findings& findings) {
  const Told told = invocation.options.verbose ? Told::kAll : Told::kPage;
  invocation.out << (invocation.options.json ? ToJson(findings) : WithoutSecrets(ToText(findings, told)));
}

// What can be told of this machine once stores and services were asked.
Findings CheckMachine(const Config& config, const std::vector<Role>& roles, Wiring& wiring) {
  const TimeMs now = wiring.env().clock.WallTime();
  Findings findings = CheckHttp(config, roles, now);
  Append(findings, CheckServers(wiring.far_stores().ServersSeen(), now));
  Append(findings, CheckSecrets(config, now));
  Append(findings, CheckDisks(config, roles));
  return findings;
}

}  // namespace

Result<int> RunCheck(Invocation& invocation, const CheckOptions& options) {
  if (options.as_service) return CheckAsService(invocation, options);
  const std::string& file = invocation.options.config_path;
  LF_TRY(const std::string text, ReadConfigFile(file));
  const ConfigResult config = LoadConfig(text, file, SourcesOfMachine());
  if (!config) {
    const Findings findings = ConfigFindings(file, config.error());
    PrintFindings(invocation, findings);
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
  const LookedUpGroups groups(*config, role, *wiring);
  LF_TRY(Findings of_groups, wiring->Run(CheckSides(*config, role, groups, *wiring)));
  Append(findings, std::move(of_groups));
  if (options.walls) {
    LF_TRY(Findings walls, wiring->Run(CheckWallsOf(*config, *role, groups, *wiring)));
    Append(findings, std::move(walls));
  }
  AddProbes(*wiring, findings);
  AddBandwidth(*config, wiring->env(), findings);
  AddPolls(*config, findings);
  if (config->status_table) findings.push_back(CheckStatusTable(*config->status_table, *wiring));
  const std::vector<Role> roles = role ? std::vector{*role} : std::vector{Role::kSender, Role::kReceiver};
  if (config->smtp) Append(findings, CheckMailServer(*config->smtp, wiring->env().clock.WallTime()));
  if (options.notify) Append(findings, TryNotifiers(*config, role, *wiring));
  Append(findings, CheckMachine(*config, roles, *wiring));
  PrintFindings(invocation, findings);
  return IsOk(findings) ? kExitDone : kExitFailed;
}

}  // namespace lakeferry
