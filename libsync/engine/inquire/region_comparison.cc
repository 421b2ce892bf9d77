#include "engine/inquire/region_comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "delta/metadata_difference.h"
#include "delta/table_features.h"
#include "engine/group/store_refs.h"
#include "engine/inquire/newest_applied.h"
#include "engine/log/table_log.h"
#include "engine/staging/renamed_group.h"
#include "plan/change/clone_commit.h"

namespace lakeferry::engine {
namespace {

using plan::Finding;
using plan::Severity;

// From where on in-commit timestamps count is each table's own.
const std::vector<std::string>& OwnProperties() {
  static const std::vector<std::string> kOwn{"delta.inCommitTimestampEnablement"};
  return kOwn;
}

constexpr size_t kToldMax = 5;

std::set<std::string> FeatureNames(const delta::Protocol& protocol) {
  std::set<std::string> features;
  for (const auto* list : {&protocol.reader_features, &protocol.writer_features}) {
    if (*list) features.insert((*list)->begin(), (*list)->end());
  }
  return features;
}

// Of what a replica of that source is to have. It may have more features: what a table once needed stays in its list.
std::vector<std::string> DifferencesOf(const delta::Snapshot& source, const delta::Snapshot& replica,
                                       delta::ReplicationMode mode) {
  const bool clone = mode == delta::ReplicationMode::kClone;
  std::vector<std::string> differences =
      delta::DifferencesOf(clone ? delta::StripForClone(source.metadata) : source.metadata, replica.metadata,
                           clone ? OwnProperties() : std::vector<std::string>());
  const std::set<std::string> there = FeatureNames(replica.protocol);
  for (const std::string& feature : FeatureNames(clone ? delta::StripForClone(source.protocol) : source.protocol)) {
    if (!there.contains(feature)) {
      differences.push_back(fmt::format("table feature {} is at the source alone", feature));
    }
  }
  return differences;
}

std::string InWords(std::vector<std::string> differences) {
  const size_t more = differences.size() > kToldMax ? differences.size() - kToldMax : 0;
  differences.resize(differences.size() - more);
  std::string text = fmt::format("{}", fmt::join(differences, "; "));
  if (more > 0) text += fmt::format("; and {} more", more);
  return text;
}

Task<Result<delta::Snapshot>> Load(Call call, const Environment& env, StoreRef ref, std::optional<Version> version) {
  LF_CO_TRY(std::shared_ptr<ObjectStore> store, env.stores.Open(ref));
  const TableLog log(std::move(store), env);
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll(call));
  co_return co_await log.Load(call, listing, version);
}

// Which version of the source the replica is to be like: of a mirror that of its own number, of a clone the applied
// one; absent where a clone is further than the newest receipt.
std::optional<Version> VersionOf(const delta::Snapshot& replica, const plan::GroupSpec& spec, Epoch epoch,
                                 Version applied) {
  if (spec.mode == delta::ReplicationMode::kMirror) return replica.version;
  const auto marker = replica.txns.find(plan::MarkerAppId(spec.name));
  const bool further = marker != replica.txns.end() && marker->second.version > epoch.value();
  return further ? std::nullopt : std::optional(applied);
}

Finding Changed(const plan::TableSpec& table, Version applied, Version newest, const std::string& differences) {
  return {.severity = Severity::kInfo,
          .what = fmt::format("table {} has changed at its source since version {} that was applied (now {}), which "
                              "the next epoch brings: {}",
                              table.name, applied.value(), newest.value(), differences),
          .where = table.source_uri,
          .remedy = {}};
}

Finding Differs(const plan::TableSpec& table, Version applied, const std::string& differences) {
  return {.severity = Severity::kError,
          .what = fmt::format("table {} is not the same in both regions, though version {} of its source was "
                              "applied: {}",
                              table.name, applied.value(), differences),
          .where = table.target_uri,
          .remedy = "somebody has changed the replica: operations.md, \"When somebody wrote to a replica\""};
}

Finding Unclear(const plan::TableSpec& table, Version applied, const std::string& differences, const Error& error) {
  return {.severity = Severity::kWarning,
          .what = fmt::format("table {} is not the same in both regions, and whether its source has changed since "
                              "version {} that was applied cannot be told ({}): {}",
                              table.name, applied.value(), error.message, differences),
          .where = table.target_uri,
          .remedy = "see after the next epoch whether it still is so"};
}

}  // namespace

Task<AppliedSources> ReadAppliedSources(Call call, const Environment& env, plan::GroupSpec spec) {
  AppliedSources applied;
  const auto staging = co_await OpenStagingOf(env, spec, spec.name);
  if (!staging) co_return applied;
  const auto receipt = co_await NewestApplied(call, *staging);
  if (!receipt || !*receipt) co_return applied;
  applied.epoch = (*receipt)->epoch;
  for (const plan::ReceiptTable& table : (*receipt)->tables) applied.sources.emplace(table.name, table.source_version);
  co_return applied;
}

Task<ComparedRegions> CompareRegions(Call call, const Environment& env, const plan::GroupSpec& spec,
                                     plan::TableSpec table, delta::Snapshot source, const AppliedSources& applied) {
  const auto known = applied.sources.find(table.name);
  if (known == applied.sources.end()) co_return ComparedRegions();
  const auto replica = co_await Load(call, env, TargetRef(table, StoreRight::kReadSource), std::nullopt);
  if (!replica) co_return ComparedRegions{.comparison = Comparison::kDenied};
  ComparedRegions compared;
  const std::optional<Version> at = VersionOf(*replica, spec, applied.epoch, known->second);
  const std::vector<std::string> now = DifferencesOf(source, *replica, spec.mode);
  if (!at || now.empty()) co_return compared;
  if (source.version <= *at) {
    compared.findings.push_back(Differs(table, known->second, InWords(now)));
    co_return compared;
  }
  const auto then = co_await Load(call, env, SourceRef(table), at);
  if (!then) {
    compared.findings.push_back(Unclear(table, known->second, InWords(now), then.error()));
    co_return compared;
  }
  const std::vector<std::string> differed = DifferencesOf(*then, *replica, spec.mode);
  compared.findings.push_back(differed.empty() ? Changed(table, known->second, source.version, InWords(now))
                                               : Differs(table, known->second, InWords(differed)));
  co_return compared;
}

}  // namespace lakeferry::engine
