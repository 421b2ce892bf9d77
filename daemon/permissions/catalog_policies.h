// CatalogPolicies: what the owner of a catalog, or the administrator of a workspace, pastes to grant a role the least
// that it needs there. Who the login is and what external locations are called, only he knows: PRINCIPAL and LOCATION
// stand for them. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/permissions/catalog_grants.h"
#include "daemon/permissions/policies.h"

namespace lakeferry {

struct ServicePolicy {
  Role role;
  std::string service;  // "databricks", "unity"
  Policy policy;
};

// In a Databricks catalog: statements of SQL, and the warehouse's list of who may use it, where it clones. In another:
// calls of its command line, which knows fewer privileges.
[[nodiscard]] std::vector<ServicePolicy> PoliciesOf(const CatalogGrants& grants);
// The list of who may see each job, and the commands that open scopes of secrets.
[[nodiscard]] std::vector<ServicePolicy> PoliciesOf(const WorkspaceGrants& grants);

// All of a configuration.
[[nodiscard]] std::vector<ServicePolicy> ServicePoliciesOf(const Config& config, std::optional<Role> role);

}  // namespace lakeferry
