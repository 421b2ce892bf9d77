#include <algorithm>
#include <optional>

#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/output/permissions_output.h"
#include "daemon/wiring/log_sink.h"
#include "daemon/wiring/looked_up_groups.h"
#include "plan/group/catalog_rules.h"

namespace lakeferry {
namespace {

// The configuration with the places that catalogs tell, which are asked only where there are such tables: what they
// do not tell would be missing in a policy.
Result<Config> WithPlaces(Invocation& invocation, Config config, std::optional<Role> role) {
  if (std::ranges::none_of(config.groups, plan::AsksCatalogs)) return config;
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  const LookedUpGroups groups(config, role, *wiring);
  for (const plan::GroupSpec& group : config.groups) {
    if (!CheckBuilt(config, group.name)) continue;
    for (const Role side : {Role::kSender, Role::kReceiver}) {
      if (!role || *role == side) LF_TRY_OK(groups.Of(group.name, side));
    }
  }
  config.groups = groups.all();
  return config;
}

}  // namespace

Result<int> RunPermissions(Invocation& invocation, const PermissionsOptions& options) {
  LF_TRY(Config loaded, LoadConfig(invocation));
  const std::optional<Role> role = ChosenRole(options.role, loaded);
  LF_TRY(const Config config, WithPlaces(invocation, std::move(loaded), role));
  std::vector<ShownPolicy> shown;
  for (const GrantSet& set : GrantsOf(config, role)) {
    for (Policy& policy : PoliciesOf(set)) {
      shown.push_back(
          {.role = set.role, .service = set.service, .credential = set.credential, .policy = std::move(policy)});
    }
  }
  Print(invocation, shown);
  return kExitDone;
}

}  // namespace lakeferry
