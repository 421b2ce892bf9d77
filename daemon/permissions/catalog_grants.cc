#include "daemon/permissions/catalog_grants.h"

#include <algorithm>
#include <array>
#include <set>

namespace lakeferry {
namespace {

constexpr std::array kBothRoles{Role::kSender, Role::kReceiver};

void AddRights(const CatalogSettings& catalog, Role role, std::vector<plan::CatalogRight> rights, bool clones,
               std::vector<CatalogGrants>& all) {
  if (rights.empty()) return;
  auto set =
      std::ranges::find_if(all, [&](const CatalogGrants& one) { return one.role == role && one.catalog == catalog; });
  if (set == all.end()) set = all.insert(all.end(), {.role = role, .catalog = catalog, .rights = {}});
  set->clones |= clones;
  set->rights.insert(set->rights.end(), rights.begin(), rights.end());
}

void AddOnce(const std::string& text, std::vector<std::string>& texts) {
  if (!text.empty() && std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
}

class Workspaces {
 public:
  WorkspaceGrants& At(Role role, const std::string& url) {
    for (WorkspaceGrants& one : all_) {
      if (one.role == role && one.url == url) return one;
    }
    return all_.emplace_back(WorkspaceGrants{.role = role, .url = url});
  }
  void AddScope(Role role, const std::string& url, const ServiceLogin& login) {
    if (!login.secret_key.empty()) AddOnce(login.secret_scope, At(role, url).scopes);
  }
  std::vector<WorkspaceGrants> Take() { return std::move(all_); }

 private:
  std::vector<WorkspaceGrants> all_;
};

void AddRuns(const Config& config, const plan::GroupSpec& group, Workspaces& workspaces) {
  const auto source = config.workflow_sources.find(group.name);
  if (source == config.workflow_sources.end() || source->second.kind != WorkflowKind::kDatabricks) return;
  WorkspaceGrants& at = workspaces.At(Role::kSender, source->second.url);
  for (const std::string& job : group.workflows) AddOnce(job, at.jobs);
  workspaces.AddScope(Role::kSender, source->second.url, source->second.login);
}

}  // namespace

std::vector<CatalogGrants> CatalogGrantsOf(const Config& config, std::optional<Role> role) {
  std::vector<CatalogGrants> all;
  for (const Role one : kBothRoles) {
    if (role && *role != one) continue;
    for (const plan::GroupSpec& group : config.groups) {
      const auto catalogs = config.catalogs.find(group.name);
      if (catalogs == config.catalogs.end()) continue;
      const auto& [source, target] = catalogs->second;
      if (source) AddRights(*source, one, plan::RightsAtSources(group, one), false, all);
      const bool clones = group.sql_clone && one == Role::kReceiver;
      if (target) AddRights(*target, one, plan::RightsAtTargets(group, one), clones, all);
    }
  }
  for (CatalogGrants& set : all) {
    std::ranges::sort(set.rights);
    const auto again = std::ranges::unique(set.rights);
    set.rights.erase(again.begin(), again.end());
  }
  return all;
}

std::vector<WorkspaceGrants> WorkspaceGrantsOf(const Config& config, std::optional<Role> role) {
  Workspaces workspaces;
  if (role != Role::kReceiver) {
    for (const plan::GroupSpec& group : config.groups) AddRuns(config, group, workspaces);
  }
  for (const CatalogGrants& set : CatalogGrantsOf(config, role)) {
    workspaces.AddScope(set.role, set.catalog.url, set.catalog.login);
  }
  return workspaces.Take();
}

}  // namespace lakeferry
