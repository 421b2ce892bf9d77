#include "daemon/service/reload.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace lakeferry::service {
namespace {

const plan::GroupSpec* Find(const std::vector<plan::GroupSpec>& groups, const std::string& name) {
  const auto found = std::ranges::find(groups, name, &plan::GroupSpec::name);
  return found == groups.end() ? nullptr : &*found;
}

bool IsSameTable(const plan::TableSpec& a, const plan::TableSpec& b) {
  return a.name == b.name && a.source_uri == b.source_uri && a.target_uri == b.target_uri && a.history == b.history &&
         a.import_roots == b.import_roots && a.source_by_catalog == b.source_by_catalog &&
         a.target_by_catalog == b.target_by_catalog && a.new_target_uri == b.new_target_uri;
}

bool IsSamePattern(const plan::TablePattern& a, const plan::TablePattern& b) {
  return a.schema == b.schema && a.target_root == b.target_root && IsSameTable(a.like, b.like);
}

bool IsSameGroup(const plan::GroupSpec& a, const plan::GroupSpec& b) {
  return a.workspace == b.workspace && a.owner_email == b.owner_email && a.workflows == b.workflows &&
         a.schedule.cron == b.schedule.cron && a.schedule.time_zone == b.schedule.time_zone && a.mode == b.mode &&
         a.sources_moved == b.sources_moved && a.retention == b.retention && a.rpo == b.rpo &&
         a.expect_run_every == b.expect_run_every && std::ranges::equal(a.tables, b.tables, IsSameTable) &&
         std::ranges::equal(a.patterns, b.patterns, IsSamePattern) && a.excluded == b.excluded &&
         a.register_tables == b.register_tables && a.staging_uri == b.staging_uri && a.staging_name == b.staging_name &&
         a.keys.own_place == b.keys.own_place && a.keys.trusted == b.keys.trusted &&
         a.sync_interval == b.sync_interval && a.poll_interval == b.poll_interval &&
         a.force_sync_after == b.force_sync_after && a.clock_skew_margin == b.clock_skew_margin &&
         a.bandwidth == b.bandwidth && a.max_retries == b.max_retries && a.verify_interval == b.verify_interval &&
         a.failure_mail_to == b.failure_mail_to && a.success_mail_to == b.success_mail_to &&
         a.digest_mail_to == b.digest_mail_to && a.notices == b.notices;
}

// Where its runs come from; absent: the built-in ledger.
std::optional<WorkflowSettings> SourceOf(const Config& config, const plan::GroupSpec& group) {
  const auto found = config.workflow_sources.find(group.name);
  return found == config.workflow_sources.end() ? std::nullopt : std::optional(found->second);
}

GroupCatalogs CatalogsOf(const Config& config, const plan::GroupSpec& group) {
  const auto found = config.catalogs.find(group.name);
  return found == config.catalogs.end() ? GroupCatalogs() : found->second;
}

std::vector<std::string> GroupChanges(const Config& before, const Config& after) {
  std::vector<std::string> changes;
  for (const plan::GroupSpec& group : after.groups) {
    const plan::GroupSpec* old = Find(before.groups, group.name);
    if (old == nullptr) changes.push_back("+" + group.name);
    const bool same = old != nullptr && IsSameGroup(*old, group) && SourceOf(before, group) == SourceOf(after, group) &&
                      CatalogsOf(before, group) == CatalogsOf(after, group);
    if (old != nullptr && !same) changes.push_back("~" + group.name);
  }
  for (const plan::GroupSpec& group : before.groups) {
    if (Find(after.groups, group.name) == nullptr) changes.push_back("-" + group.name);
  }
  return changes;
}

bool IsSameLimits(const engine::Limits& a, const engine::Limits& b) {
  return a.copies_in_flight_max == b.copies_in_flight_max && a.bandwidth == b.bandwidth &&
         a.copy_buffer_bytes == b.copy_buffer_bytes && a.manifest_part_bytes == b.manifest_part_bytes &&
         a.carried_bytes == b.carried_bytes && a.changed_files_max == b.changed_files_max &&
         a.folded_bytes == b.folded_bytes && a.retry_delay_first == b.retry_delay_first &&
         a.retry_delay_max == b.retry_delay_max;
}

std::vector<std::string> NeedsRestart(const Config& before, const Config& after) {
  std::vector<std::string> keys;
  if (before.region != after.region) keys.emplace_back("region");
  if (before.metadata_store != after.metadata_store) keys.emplace_back("metadata_store");
  if (before.log != after.log) keys.emplace_back("log_format or log_level");
  if (before.smtp != after.smtp) keys.emplace_back("smtp");
  if (before.notifications != after.notifications) keys.emplace_back("notifications");
  if (before.success_digest != after.success_digest) keys.emplace_back("success_digest");
  if (before.status_table != after.status_table) keys.emplace_back("status_table");
  if (before.tracing != after.tracing) keys.emplace_back("tracing");
  if (!IsSameLimits(before.limits, after.limits)) keys.emplace_back("limits of copies");
  return keys;
}

}  // namespace

std::string DescribeReload(const Config& before, const Config& after) {
  std::vector<std::string> parts;
  const std::vector<std::string> groups = GroupChanges(before, after);
  if (!groups.empty()) parts.push_back(fmt::format("groups: {}", fmt::join(groups, " ")));
  if (before.drain_timeout != after.drain_timeout) {
    parts.push_back("drain_timeout: " + FormatDuration(after.drain_timeout));
  }
  if (before.http != after.http) parts.emplace_back("http");
  const std::vector<std::string> waiting = NeedsRestart(before, after);
  if (!waiting.empty()) parts.push_back(fmt::format("after a restart: {}", fmt::join(waiting, ", ")));
  return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace lakeferry::service
