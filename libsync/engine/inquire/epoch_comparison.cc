#include "engine/inquire/epoch_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "async/task_group.h"
#include "engine/inquire/newest_applied.h"
#include "engine/staging/other_groups.h"
#include "engine/staging/renamed_group.h"
#include "engine/staging/target_owner.h"
#include "plan/rules/config_change.h"

namespace lakeferry::engine {
namespace {

using plan::ConfigChange;
using plan::Finding;
using plan::Severity;

constexpr size_t kOwnersAtOnce = 32;

Finding Unreadable(const Error& error, const plan::GroupSpec& spec) {
  return {.severity = Severity::kError,
          .what = fmt::format("what is staged for group '{}' cannot be compared with the configuration: {}", spec.name,
                              error.message),
          .where = error.where.empty() ? spec.staging_uri : error.where,
          .remedy = error.remedy.empty() ? "check the staging location, and the rights of this user" : error.remedy};
}

// Nothing is staged for the group: whether it is there under another name.
Task<Result<std::vector<Finding>>> LookForOtherName(Call call, const Environment& env, plan::GroupSpec spec,
                                                    const std::set<std::string>& configured) {
  LF_CO_TRY(const StagingArea own, co_await OpenStagingOf(env, spec, spec.name));
  LF_CO_TRY(const std::vector<std::string> same, co_await SameUnderOtherNames(call, env, spec, own, configured));
  std::vector<Finding> findings;
  findings.reserve(same.size());
  for (const std::string& other : same) {
    findings.push_back({.severity = Severity::kError,
                        .what = fmt::format("nothing is staged for group '{}', and staging holds epochs of group '{}', "
                                            "which has the same tables and is not configured here",
                                            spec.name, other),
                        .where = spec.staging_uri,
                        .remedy = fmt::format("if the group was renamed and that was not meant, name it '{}' again; "
                                              "both sides need the same name",
                                              other)});
  }
  LF_CO_TRY(std::vector<std::string> others, co_await OtherGroups(call, own));
  std::erase_if(others, [&configured](const std::string& other) { return configured.contains(other); });
  const std::string hint = findings.empty() ? NothingStagedFor(spec.name, others) : std::string();
  if (!hint.empty()) {
    findings.push_back({.severity = Severity::kWarning,
                        .what = hint,
                        .where = spec.staging_uri,
                        .remedy = "nothing, if the group is new; else both sides need the same name for it"});
  }
  co_return findings;
}

Severity SeverityOf(const ConfigChange& change) {
  return change.kind == plan::ChangeKind::kTarget ? Severity::kWarning : Severity::kError;
}

Finding OfChange(const ConfigChange& change) {
  Finding finding{
      .severity = SeverityOf(change), .what = change.what, .where = change.where, .remedy = plan::RemedyOf({change})};
  if (change.kind == plan::ChangeKind::kTarget) {
    finding.remedy +=
        "; if it was, a table that was moved there whole goes on, and into an empty place the table is "
        "brought whole";
  }
  return finding;
}

Task<Result<std::vector<Finding>>> Compare(Call call, const Environment& env, plan::GroupSpec spec, Role role,
                                           const std::set<std::string>& configured) {
  LF_CO_TRY(const StagingArea staging, co_await OpenStagingOf(env, spec, spec.name));
  LF_CO_TRY(const std::optional<plan::Manifest> newest, co_await NewestManifest(call, staging));
  if (!newest) co_return co_await LookForOtherName(call, env, std::move(spec), configured);
  LF_CO_TRY(const std::optional<plan::Receipt> answer, co_await NewestApplied(call, staging));
  std::vector<Finding> findings;
  for (const ConfigChange& change : plan::ChangesSince(*newest, answer, spec, role, env.region)) {
    findings.push_back(OfChange(change));
  }
  co_return findings;
}

Task<Result<std::optional<Finding>>> CheckOwner(Call call, const Environment& env, const StagingArea& staging,
                                                delta::ReplicationMode mode, plan::TableSpec table) {
  LF_CO_TRY(const TargetOwner owner, co_await OwnerOf(call, env, staging, mode, table));
  if (owner.kind == TargetOwner::Kind::kNobody || owner.kind == TargetOwner::Kind::kOurs) {
    co_return std::optional<Finding>();
  }
  co_return Finding{.severity = Severity::kError,
                    .what = fmt::format("target of table {} holds a table that group '{}' has not written", table.name,
                                        staging.group()),
                    .where = table.target_uri,
                    .remedy = OthersRemedy(owner, table)};
}

Task<Status> CheckOneOwner(Call call, const Environment& env, const StagingArea& staging, delta::ReplicationMode mode,
                           plan::TableSpec table, std::optional<Finding>& slot) {
  LF_CO_TRY(slot, co_await CheckOwner(call, env, staging, mode, std::move(table)));
  co_return Status{};
}

Task<Result<std::vector<Finding>>> CheckEveryOwner(Call call, const Environment& env, plan::GroupSpec spec) {
  std::vector<Finding> findings;
  // In the middle of its first epoch a mirror has no receipt yet.
  const Result<std::string> journal = co_await env.state.Journal(call, spec.name);
  if (journal && !journal->empty()) co_return findings;
  LF_CO_TRY(const StagingArea staging, co_await OpenStagingOf(env, spec, spec.name));
  std::vector<std::optional<Finding>> found(spec.tables.size());
  LF_CO_TRY_OK(co_await ParallelFor(spec.tables.size(), kOwnersAtOnce, [&](size_t i) {
    return CheckOneOwner(call, env, staging, spec.mode, spec.tables[i], found[i]);
  }));
  for (std::optional<Finding>& one : found) {
    if (one) findings.push_back(*std::move(one));
  }
  co_return findings;
}

}  // namespace

Task<std::vector<Finding>> CompareWithEpochs(Call call, const Environment& env, plan::GroupSpec spec, Role role,
                                             const std::set<std::string>& configured) {
  Result<std::vector<Finding>> findings = co_await Compare(call, env, spec, role, configured);
  if (findings) co_return *std::move(findings);
  co_return std::vector{Unreadable(findings.error(), spec)};
}

Task<std::vector<Finding>> CheckOwners(Call call, const Environment& env, plan::GroupSpec spec) {
  Result<std::vector<Finding>> findings = co_await CheckEveryOwner(call, env, spec);
  if (findings) co_return *std::move(findings);
  co_return std::vector{Unreadable(findings.error(), spec)};
}

}  // namespace lakeferry::engine
