// CatalogGrants: the least that each role needs of the services of catalogs and runs, as its configuration says. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "plan/group/catalog_rights.h"

namespace lakeferry {

// What a role's login is granted in one catalog.
struct CatalogGrants {
  Role role;
  CatalogSettings catalog;
  std::vector<plan::CatalogRight> rights;  // of all groups, in order, each once
  bool clones = false;                     // by the catalog's warehouse

  [[nodiscard]] bool databricks() const { return catalog.kind == CatalogKind::kDatabricks; }
};
// Of all groups, in the order of the configuration. `role`: absent for both.
[[nodiscard]] std::vector<CatalogGrants> CatalogGrantsOf(const Config& config, std::optional<Role> role);

// What a role's logins are granted in one Databricks workspace beside its catalog.
struct WorkspaceGrants {
  Role role;
  std::string url;
  std::vector<std::string> jobs = {};    // whose runs it asks for, as the configuration names them; each once
  std::vector<std::string> scopes = {};  // of secrets in which the tokens of other logins lie; each once
};
[[nodiscard]] std::vector<WorkspaceGrants> WorkspaceGrantsOf(const Config& config, std::optional<Role> role);

}  // namespace lakeferry
