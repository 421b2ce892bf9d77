#include "daemon/wiring/sides_check.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "async/semaphore.h"
#include "async/task_group.h"
#include "daemon/wiring/checks.h"
#include "daemon/wiring/lifecycle_check.h"
#include "daemon/wiring/missing_folders.h"
#include "daemon/wiring/usable_credentials.h"
#include "engine/inquire/catalog_check.h"
#include "engine/inquire/group_check.h"
#include "engine/inquire/wall_check.h"
#include "engine/inquire/warehouse_check.h"
#include "plan/group/group_places.h"

namespace lakeferry {
namespace {

using Findings = std::vector<plan::Finding>;

// As many as stores answer side by side without being in each other's way.
constexpr size_t kGroupsAtOnce = 64;
constexpr int kTablesAtOnce = 128;

// Says of which group each is, and in which of its places.
void PlaceAll(const plan::GroupSpec& group, Findings& findings) {
  for (plan::Finding& finding : findings) {
    finding.group = group.name;
    plan::PlaceIn(group, finding.where);
  }
}

// Each once, in their order.
Findings Once(std::vector<Findings> found) {
  Findings all;
  std::set<std::string> seen;
  for (Findings& some : found) {
    for (plan::Finding& finding : some) {
      std::string key(1, static_cast<char>('0' + static_cast<int>(finding.severity)));
      for (const std::string_view part : {std::string_view(finding.what), std::string_view(finding.where.text()),
                                          std::string_view(finding.remedy), std::string_view(finding.group)}) {
        key += part;
        key += '\0';
      }
      if (seen.insert(std::move(key)).second) all.push_back(std::move(finding));
    }
  }
  return all;
}

class SidesCheck {
 public:
  SidesCheck(const Config& config, std::optional<Role> role, const LookedUpGroups& groups, Wiring& wiring)
      : config_(config),
        role_(role),
        groups_(groups),
        table_names_(groups.TableNames()),
        wiring_(wiring),
        tables_(wiring.engine().get_executor(), kTablesAtOnce) {
    scope_.missing = MissingFolders(groups.all());
    scope_.tables = &tables_;
    for (const plan::GroupSpec& group : config.groups) scope_.configured.insert(group.name);
  }

  Task<Status> One(size_t number, Findings& findings) {
    const plan::GroupSpec& group = config_.groups[number];
    if (CheckBuilt(config_, group.name)) {
      for (const Role side : {Role::kSender, Role::kReceiver}) {
        if (role_ && *role_ != side) continue;
        Findings found = co_await End(group, side);
        std::ranges::move(found, std::back_inserter(findings));
      }
    } else if (role_ != Role::kReceiver && config_.workflow_sources.contains(group.name)) {
      // What keeps it from running is named already. What answers for its runs is reached all the same, unless nothing
      // says where that is.
      findings = co_await engine::CheckWorkflows({}, wiring_.env(), group);
      PlaceAll(group, findings);
    }
    co_return Status{};
  }

 private:
  // What catalogs know of one side of a group, and what is at the places that they or the configuration tell.
  Task<Findings> End(const plan::GroupSpec& group, Role side) {
    const Result<plan::GroupSpec>& known = groups_.Of(group.name, side);
    Findings findings = co_await engine::CheckCatalogs({}, wiring_.env(), known, side, table_names_);
    if (known) {
      Findings found = co_await engine::CheckGroup({}, wiring_.env(), *known, side, scope_);
      std::ranges::move(found, std::back_inserter(findings));
      Findings rules = co_await CheckLifecycle({}, wiring_.far_stores(), *known, side);
      std::ranges::move(rules, std::back_inserter(findings));
    }
    if (known && side == Role::kReceiver) {
      Findings clones = co_await engine::CheckWarehouse({}, wiring_.env(), *known);
      std::ranges::move(clones, std::back_inserter(findings));
    }
    PlaceAll(known ? *known : group, findings);
    co_return findings;
  }

  const Config& config_;
  const std::optional<Role> role_;
  const LookedUpGroups& groups_;
  const std::set<std::string> table_names_;
  Wiring& wiring_;
  Semaphore tables_;
  engine::CheckScope scope_;
};

Task<Status> CheckWallsOfOne(const plan::GroupSpec& group, Role role, Wiring& wiring,
                             const engine::CredentialsAt& credentials, Findings& findings) {
  findings = co_await engine::CheckWalls({}, wiring.env(), group, role, credentials);
  PlaceAll(group, findings);
  co_return Status{};
}

}  // namespace

Task<Result<Findings>> CheckSides(const Config& config, std::optional<Role> role, const LookedUpGroups& groups,
                                  Wiring& wiring) {
  const std::string state_folder = std::filesystem::path(config.metadata_store).parent_path();
  std::vector<Findings> found(config.groups.size() + 1);
  found[0] = co_await engine::CheckPlaces({}, wiring.env(), groups.all(), StateRoot(state_folder));
  SidesCheck check(config, role, groups, wiring);
  LF_CO_TRY_OK(
      co_await ParallelFor(config.groups.size(), kGroupsAtOnce, [&](size_t i) { return check.One(i, found[i + 1]); }));
  co_return Once(std::move(found));
}

Task<Result<Findings>> CheckWallsOf(const Config& config, Role role, const LookedUpGroups& looked_up, Wiring& wiring) {
  const engine::CredentialsAt credentials = [&config](const std::string& uri) {
    return UsableCredentials(config.stores, uri);
  };
  std::vector<const plan::GroupSpec*> groups;
  for (const plan::GroupSpec& group : looked_up.all()) {
    if (CheckBuilt(config, group.name)) groups.push_back(&group);
  }
  std::vector<Findings> found(groups.size());
  LF_CO_TRY_OK(co_await ParallelFor(groups.size(), kGroupsAtOnce, [&](size_t i) {
    return CheckWallsOfOne(*groups[i], role, wiring, credentials, found[i]);
  }));
  Findings all;
  for (Findings& some : found) std::ranges::move(some, std::back_inserter(all));
  co_return all;
}

}  // namespace lakeferry
