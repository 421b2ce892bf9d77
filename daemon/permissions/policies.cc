#include "daemon/permissions/policies.h"

namespace lakeferry {

std::vector<Policy> PoliciesOf(const GrantSet& set) {
  switch (set.service) {
    case StoreService::kS3: return IamPolicies(set);
    case StoreService::kAzure: return AzureRoles(set);
    case StoreService::kGcs: return GcsRoles(set);
  }
  return {};
}

}  // namespace lakeferry
