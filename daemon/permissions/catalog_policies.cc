// Databricks: "Unity Catalog privileges reference", "permissions command group", "Secret ACLs". Unity Catalog: "Users
// and Privileges".
#include "daemon/permissions/catalog_policies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/shown_text.h"
#include "json/indent.h"
#include "json/writer.h"
#include "plan/managed/sql_name.h"

namespace lakeferry {
namespace {

using plan::CatalogLevel;
using plan::CatalogRight;

constexpr std::string_view kDatabricks = "databricks";
constexpr std::string_view kUnity = "unity";
constexpr std::string_view kPrincipal =
    "PRINCIPAL: the name of the role's login, of a service principal its application id";

std::string NameOf(Role role, std::string_view what) { return fmt::format("lakeferry-{}-{}", RoleName(role), what); }

// Rights on one object, which stand side by side.
struct OnObject {
  CatalogLevel level;
  std::string object;
  std::vector<std::string> privileges;
};

std::vector<OnObject> ByObject(const std::vector<CatalogRight>& rights) {
  std::vector<OnObject> objects;
  for (const CatalogRight& right : rights) {
    const bool same = !objects.empty() && objects.back().level == right.level && objects.back().object == right.object;
    if (!same) objects.push_back({.level = right.level, .object = right.object, .privileges = {}});
    objects.back().privileges.push_back(right.privilege);
  }
  return objects;
}

bool Has(const CatalogGrants& grants, std::string_view privilege) {
  return std::ranges::count(grants.rights, privilege, &CatalogRight::privilege) > 0;
}

std::string LocationNote(const CatalogGrants& grants) {
  if (std::ranges::count(grants.rights, CatalogLevel::kLocation, &CatalogRight::level) == 0) return {};
  return " LOCATION: the external location that covers the place behind the statement, or each of them.";
}

// A name that SQL cannot hold would say something else there.
std::string SqlGrant(const OnObject& on) {
  const bool place = on.level == CatalogLevel::kLocation;
  const std::string_view why = place ? std::string_view() : plan::WhyNotInSql(on.object);
  if (!why.empty()) {
    return fmt::format("-- not granted here: {} on the {} '{}', which cannot stand in SQL: {}\n",
                       fmt::join(on.privileges, ", "), CatalogLevelName(on.level), OneLine(on.object), why);
  }
  std::string text = fmt::format("GRANT {} ON {} {} TO `PRINCIPAL`;", fmt::join(on.privileges, ", "),
                                 CatalogLevelName(on.level), place ? "`LOCATION`" : plan::SqlQuotedParts(on.object));
  if (place) text += fmt::format("  -- of {}", OneLine(on.object));
  return text + "\n";
}

Policy SqlGrants(const CatalogGrants& grants) {
  Policy policy{.name = NameOf(grants.role, "catalog"), .text = {}, .note = {}};
  for (const OnObject& on : ByObject(grants.rights)) policy.text += SqlGrant(on);
  policy.note = fmt::format("Run it in the workspace {}. {}.{}", grants.catalog.url, kPrincipal, LocationNote(grants));
  if (Has(grants, "EXTERNAL USE SCHEMA")) {
    policy.note +=
        " External access has to be enabled for the metastore. EXTERNAL USE SCHEMA is the catalog's owner's to grant";
    policy.note += Has(grants, "EXTERNAL USE LOCATION") ? ", EXTERNAL USE LOCATION the location's." : ".";
  }
  if (grants.clones) {
    policy.note +=
        " The login owns the managed tables that it makes. On one that is there already it needs SELECT and MODIFY as "
        "well.";
  }
  return policy;
}

// In single quotes a shell takes everything as it is.
std::string ShellQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : OneLine(text)) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string_view SecurableOf(CatalogLevel level) {
  switch (level) {
    case CatalogLevel::kCatalog: return "catalog";
    case CatalogLevel::kSchema: return "schema";
    case CatalogLevel::kTable: return "table";
    case CatalogLevel::kLocation: return "external_location";
  }
  return {};
}

Policy UnityGrants(const CatalogGrants& grants) {
  Policy policy{.name = NameOf(grants.role, "catalog"), .text = {}, .note = {}};
  for (const CatalogRight& right : grants.rights) {
    // It hands out credentials to whoever may read or write the table.
    if (right.privilege.starts_with("EXTERNAL USE")) continue;
    const bool place = right.level == CatalogLevel::kLocation;
    policy.text += fmt::format(
        "bin/uc permission create --securable_type {} --name {} --privilege '{}' --principal PRINCIPAL",
        SecurableOf(right.level), place ? std::string("LOCATION") : ShellQuoted(right.object), right.privilege);
    policy.text += place ? fmt::format("  # of {}\n", OneLine(right.object)) : std::string("\n");
  }
  policy.note = fmt::format(
      "Run it with --auth_token of an administrator, against {}. PRINCIPAL: the login's mail address. A server without "
      "authorization grants everything to everybody. It knows no privilege for handing out credentials (EXTERNAL USE "
      "…): "
      "who may read or write a table gets them.{}",
      grants.catalog.url, LocationNote(grants));
  return policy;
}

std::string AccessList(std::string_view level) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Objects("access_control_list", std::vector<std::string_view>{level}, [&json](std::string_view one) {
    json.Field("service_principal_name", "PRINCIPAL");
    json.Field("permission_level", one);
  });
  return json::Indented(json.Finish()) + "\n";
}

constexpr std::string_view kMembers =
    "With user_name or group_name in the place of service_principal_name it is a "
    "user's or a group's.";

Policy WarehouseUse(const CatalogGrants& grants) {
  const std::string& id = grants.catalog.warehouse;
  return {.name = NameOf(grants.role, "warehouse"),
          .text = AccessList("CAN_USE"),
          .note = fmt::format("In the workspace {}: databricks permissions update warehouses {} --json @FILE. {}. {}",
                              grants.catalog.url, id, kPrincipal, kMembers)};
}

Policy JobViews(const WorkspaceGrants& grants) {
  std::vector<std::string> jobs;
  jobs.reserve(grants.jobs.size());
  for (const std::string& job : grants.jobs) jobs.push_back(OneLine(job));
  return {
      .name = NameOf(grants.role, "jobs"),
      .text = AccessList("CAN_VIEW"),
      .note = fmt::format(
          "In the workspace {}, for each job: databricks permissions update jobs JOB_ID --json @FILE. Jobs: {}; and "
          "those that their tasks run. A job that the login may not see is not there for it. {}. {}",
          grants.url, fmt::join(jobs, ", "), kPrincipal, kMembers)};
}

Policy ScopeReads(const WorkspaceGrants& grants) {
  Policy policy{.name = NameOf(grants.role, "secrets"), .text = {}, .note = {}};
  for (const std::string& scope : grants.scopes) {
    policy.text += fmt::format("databricks secrets put-acl {} PRINCIPAL READ\n", ShellQuoted(scope));
  }
  policy.note = fmt::format(
      "In the workspace that DATABRICKS_HOST names, else {}. PRINCIPAL: who reads the tokens that lie there, which is "
      "the login of the variables "
      "DATABRICKS_… or ARM_…, and not that of the tokens.",
      grants.url);
  return policy;
}

}  // namespace

std::vector<ServicePolicy> PoliciesOf(const CatalogGrants& grants) {
  std::vector<ServicePolicy> policies;
  const bool databricks = grants.databricks();
  policies.push_back({.role = grants.role,
                      .service = std::string(databricks ? kDatabricks : kUnity),
                      .policy = databricks ? SqlGrants(grants) : UnityGrants(grants)});
  if (databricks && grants.clones) {
    policies.push_back({.role = grants.role, .service = std::string(kDatabricks), .policy = WarehouseUse(grants)});
  }
  return policies;
}

std::vector<ServicePolicy> PoliciesOf(const WorkspaceGrants& grants) {
  std::vector<ServicePolicy> policies;
  const auto add = [&](Policy policy) {
    policies.push_back({.role = grants.role, .service = std::string(kDatabricks), .policy = std::move(policy)});
  };
  if (!grants.jobs.empty()) add(JobViews(grants));
  if (!grants.scopes.empty()) add(ScopeReads(grants));
  return policies;
}

std::vector<ServicePolicy> ServicePoliciesOf(const Config& config, std::optional<Role> role) {
  std::vector<ServicePolicy> all;
  for (const CatalogGrants& grants : CatalogGrantsOf(config, role)) {
    std::ranges::move(PoliciesOf(grants), std::back_inserter(all));
  }
  for (const WorkspaceGrants& grants : WorkspaceGrantsOf(config, role)) {
    std::ranges::move(PoliciesOf(grants), std::back_inserter(all));
  }
  return all;
}

}  // namespace lakeferry
