#include "daemon/commands/commands.h"
#include "daemon/output/permissions_output.h"

namespace lakeferry {

Result<int> RunPermissions(Invocation& invocation, const PermissionsOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  std::vector<ShownPolicy> shown;
  for (const GrantSet& set : GrantsOf(config, ChosenRole(options.role, config))) {
    for (Policy& policy : PoliciesOf(set)) {
      shown.push_back(
          {.role = set.role, .service = set.service, .credential = set.credential, .policy = std::move(policy)});
    }
  }
  Print(invocation, shown);
  return kExitDone;
}

}  // namespace lakeferry
