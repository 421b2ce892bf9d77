#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/output/permissions_output.h"
#include "daemon/permissions/catalog_policies.h"
#include "daemon/wiring/log_sink.h"
#include "daemon/wiring/looked_up_groups.h"
#include "plan/group/catalog_rules.h"

namespace lakeferry {
namespace {

// The configuration with the places that catalogs tell, which are asked only where there are such tables. What they do
// not tell is missing in a policy, and is said to be: it may be for want of the very rights that are asked for here.
Result<Config> WithPlaces(Invocation& invocation, Config config, std::optional<Role> role,
                          std::vector<UntoldPlaces>& untold) {
  if (std::ranges::none_of(config.groups, plan::AsksCatalogs)) return config;
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  const LookedUpGroups groups(config, role, *wiring);
  for (const plan::GroupSpec& group : config.groups) {
    if (!CheckBuilt(config, group.name)) continue;
    for (const Role side : {Role::kSender, Role::kReceiver}) {
      if (role && *role != side) continue;
      const auto& known = groups.Of(group.name, side);
      if (!known) untold.push_back({.group = group.name, .role = side, .error = known.error()});
    }
  }
  config.groups = groups.all();
  return config;
}

}  // namespace

Result<int> RunPermissions(Invocation& invocation, const PermissionsOptions& options) {
  LF_TRY(Config loaded, LoadConfig(invocation));
  const std::optional<Role> role = ChosenRole(options.role, loaded);
  ShownPermissions shown{.policies = {}};
  LF_TRY(const Config config, WithPlaces(invocation, std::move(loaded), role, shown.untold));
  for (ServicePolicy& one : ServicePoliciesOf(config, role)) {
    shown.policies.push_back(
        {.role = one.role, .service = std::move(one.service), .credential = {}, .policy = std::move(one.policy)});
  }
  for (const GrantSet& set : GrantsOf(config, role)) {
    for (Policy& policy : PoliciesOf(set)) {
      shown.policies.push_back({.role = set.role,
                                .service = std::string(ServiceName(set.service)),
                                .credential = set.credential,
                                .policy = std::move(policy)});
    }
  }
  Print(invocation, shown);
  ExitCode worst = kExitDone;
  for (const UntoldPlaces& one : shown.untold) worst = Worse(worst, ExitCodeFor(one.error));
  return worst;
}

}  // namespace lakeferry
