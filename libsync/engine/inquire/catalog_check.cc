#include "engine/inquire/catalog_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "plan/group/catalog_rules.h"

namespace lakeferry::engine {
namespace {

using plan::Finding;
using plan::Severity;

Finding OfError(const Error& error, std::string_view what) {
  return {.severity = Severity::kError,
          .what = what.empty() ? error.message : fmt::format("{}: {}", what, error.message),
          .where = error.where,
          .remedy = error.remedy.empty() ? "check the catalog's url, and what the login may read" : error.remedy};
}

std::string SchemaOf(const std::string& table) { return table.substr(0, table.rfind('.')); }

bool Holds(const std::set<std::string>& names, const std::string& name) {
  return std::ranges::any_of(names, [&name](const std::string& one) { return IsSameCatalogName(one, name); });
}

// Of a schema that the group has tables of.
Task<Finding> CheckSchema(Call call, const Environment& env, TableCatalog& catalog, std::string schema,
                          plan::GroupSpec spec, const std::set<std::string>& configured) {
  const auto tables = co_await catalog.TablesOf(env.ForRuns(call), schema);
  if (!tables) co_return OfError(tables.error(), fmt::format("schema {}", schema));
  std::vector<std::string> left;
  for (const CatalogTable& table : *tables) {
    const bool excluded =
        std::ranges::any_of(spec.excluded, [&](const std::string& one) { return IsSameCatalogName(one, table.name); });
    if (!excluded && !Holds(configured, table.name)) left.push_back(table.name);
  }
  if (left.empty()) {
    co_return Finding{.severity = Severity::kInfo,
                      .what = fmt::format("schema {}: every table of it is configured or excluded", schema),
                      .where = {},
                      .remedy = {}};
  }
  co_return Finding{.severity = Severity::kInfo,
                    .what = fmt::format("schema {}: in scope and not configured: {}", schema, fmt::join(left, ", ")),
                    .where = {},
                    .remedy = "add what is to be replicated to the tables of a group"};
}

Task<std::vector<Finding>> CheckSources(Call call, const Environment& env, plan::GroupSpec spec,
                                        const std::set<std::string>& configured) {
  std::vector<Finding> findings;
  std::set<std::string> schemas;
  int64_t known = 0;
  for (const plan::TableSpec& table : spec.tables) {
    if (!table.source_by_catalog) continue;
    ++known;
    schemas.insert(SchemaOf(table.name));
  }
  TableCatalog* const catalog = known == 0 ? nullptr : env.catalogs->Of(spec.name, CatalogSide::kSource);
  if (catalog == nullptr) co_return findings;
  findings.push_back({.severity = Severity::kInfo,
                      .what = fmt::format("{} knows {} tables of the group", catalog->name(), known),
                      .where = {},
                      .remedy = {}});
  for (const std::string& schema : schemas) {
    Finding found = co_await CheckSchema(call, env, *catalog, schema, spec, configured);
    findings.push_back(std::move(found));
  }
  co_return findings;
}

std::vector<Finding> CheckTargets(const plan::GroupSpec& spec) {
  std::vector<std::string> lacking;
  for (const plan::TableSpec& table : spec.tables) {
    if (table.unregistered) lacking.push_back(table.name);
  }
  if (lacking.empty()) return {};
  return {{.severity = spec.register_tables ? Severity::kInfo : Severity::kWarning,
           .what = fmt::format("the receiving catalog does not have: {}{}", fmt::join(lacking, ", "),
                               spec.register_tables ? "; each is registered once its replica is there" : ""),
           .where = {},
           .remedy = spec.register_tables ? "" : "set register: true, or create them there as external tables"}};
}

}  // namespace

Task<std::vector<Finding>> CheckCatalogs(Call call, const Environment& env, Result<plan::GroupSpec> found, Role role,
                                         const std::set<std::string>& configured) {
  if (!found) co_return std::vector{OfError(found.error(), {})};
  if (!plan::AsksCatalogs(*found)) co_return std::vector<Finding>();
  if (role == Role::kReceiver) co_return CheckTargets(*found);
  co_return co_await CheckSources(std::move(call), env, *std::move(found), configured);
}

}  // namespace lakeferry::engine
