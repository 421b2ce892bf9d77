#include "daemon/wiring/lifecycle_check.h"

#include <fmt/format.h>

#include <utility>

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

Task<std::vector<plan::Finding>> CheckLifecycle(Call call, FarStores& stores, plan::GroupSpec group, Role role) {
  std::vector<plan::Finding> findings;
  for (Spot& spot : SpotsOf(group, role)) {
    const auto location = Location::Parse(spot.ref.uri);
    if (!location) continue;
    const auto rules = co_await stores.RulesAt(call, *location, spot.ref.credential);
    if (!rules) continue;  // the checks of the place itself say what is wrong with it
    for (const s3::LifecycleRule& rule : *rules) findings.push_back(FindingOf(rule, spot.what, spot.ref.uri));
  }
  co_return findings;
}

}  // namespace lakeferry
