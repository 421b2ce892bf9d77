#include "daemon/wiring/lifecycle_check.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/group/store_refs.h"

namespace lakeferry {
namespace {

struct Spot {
  std::string what;
  StoreRef ref;
};

std::vector<Spot> SpotsOf(const plan::GroupSpec& group, Role role) {
  std::vector<Spot> spots{{.what = fmt::format("staging location of group '{}'", group.name),
                           .ref = engine::StagingRef(group, StoreRight::kWriteStaging)}};
  if (role != Role::kReceiver) return spots;
  for (const plan::TableSpec& table : group.tables) {
    spots.push_back({.what = fmt::format("target of table {}", table.name), .ref = engine::TargetRef(table)});
  }
  return spots;
}

}  // namespace

plan::Finding FindingOf(const s3::LifecycleRule& rule, std::string_view what, std::string uri) {
  const std::string name = rule.id.empty() ? std::string("a lifecycle rule of the bucket")
                                           : fmt::format("the lifecycle rule {} of the bucket", rule.id);
  const std::string does = rule.expires.empty() ? fmt::format("archives objects {}", rule.archives)
                                                : fmt::format("deletes objects {}", rule.expires);
  return {.severity = plan::Severity::kWarning,
          .what = fmt::format("{}: {} {}", what, name, does),
          .where = std::move(uri),
          .remedy =
              "keep the prefix out of the rule: what is staged stays until it was applied, and what a table "
              "names stays until VACUUM; lakeferry deletes by itself what nobody needs"};
}

namespace {

// A bucket as somebody sees it: its store, the credential, and the folder, for whose locations the configuration may
// have another service.
using BucketSeen = std::tuple<std::string, std::string, std::string>;
using RulesSeen = std::map<BucketSeen, std::vector<s3::LifecycleRule>>;

// Asked once. None of a bucket that does not tell: the checks of the place itself say what is wrong with it.
Task<std::vector<s3::LifecycleRule>> RulesOf(Call call, FarStores& stores, Location location, std::string credential,
                                             RulesSeen& seen) {
  const std::string folder = location.path().substr(0, location.path().rfind('/'));
  const BucketSeen bucket(location.store(), credential, location.path().contains('/') ? folder : std::string());
  const auto known = seen.find(bucket);
  if (known != seen.end()) co_return known->second;
  const auto told = co_await stores.RulesOf(call, std::move(location), std::move(credential));
  const std::vector<s3::LifecycleRule> rules = told ? *told : std::vector<s3::LifecycleRule>();
  seen.emplace(bucket, rules);
  co_return rules;
}

}  // namespace

Task<std::vector<plan::Finding>> CheckLifecycle(Call call, FarStores& stores, plan::GroupSpec group, Role role) {
  std::vector<plan::Finding> findings;
  RulesSeen seen;
  for (Spot& spot : SpotsOf(group, role)) {
    const auto location = Location::Parse(spot.ref.uri);
    if (!location || location->bucket().empty()) continue;
    const auto rules = co_await RulesOf(call, stores, *location, spot.ref.credential, seen);
    const std::string prefix = location->path().empty() ? std::string() : location->path() + "/";
    for (const s3::LifecycleRule& rule : rules) {
      if (rule.Concerns(prefix)) findings.push_back(FindingOf(rule, spot.what, spot.ref.uri));
    }
  }
  co_return findings;
}

}  // namespace lakeferry
