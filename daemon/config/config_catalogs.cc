#include "daemon/config/config_catalogs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "base/nearest_key.h"
#include "base/shown_text.h"
#include "daemon/config/config_logins.h"
#include "daemon/config/config_values.h"
#include "plan/managed/clone_sql.h"

namespace lakeferry {
namespace {

constexpr char kCatalogKey[] = "catalog";
constexpr char kApplyKey[] = "apply";
constexpr size_t kWarehouseBytesMax = 64;

void ReadWarehouse(ConfigMap& map, CatalogSettings& settings) {
  const auto id = map.Text("warehouse");
  if (!id) return;
  const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; };
  if (id->text.empty() || id->text.size() > kWarehouseBytesMax || !std::ranges::all_of(id->text, plain)) {
    map.Report("warehouse", fmt::format("'{}' is no id of a SQL warehouse", OneLine(id->text)),
               "write what the workspace shows behind the warehouse's name, as 0123456789abcdef");
    return;
  }
  settings.warehouse = id->text;
}

std::optional<CatalogSettings> ReadCatalog(ConfigMap& map, const std::string& scope) {
  if (!map.Has("kind")) map.Report("kind", "kind is missing", "write unity or databricks");
  const auto kind = map.Choice("kind", {"unity", "databricks"});
  if (!kind) return std::nullopt;
  CatalogSettings settings{.kind = *kind == 0 ? CatalogKind::kUnity : CatalogKind::kDatabricks};
  if (settings.kind == CatalogKind::kUnity) {
    RefuseOthersThan(map, kCatalogLevel, {"url", "allow_http", "token", "credentials"}, "unity");
    if (map.Has("token")) settings.login.token = ReadSecretRef(map, "token");
  } else if (auto login = ReadDatabricksLogin(map, scope, kCatalogKey)) {
    settings.login = *std::move(login);
  }
  if (settings.kind == CatalogKind::kDatabricks) ReadWarehouse(map, settings);
  if (const auto from = map.Choice("credentials", {"own", "vended"})) settings.vended = *from == 1;
  const auto url = ReadServiceUrl(map, "https://<host>");
  if (!url) return std::nullopt;
  settings.url = *url;
  return settings;
}

bool IsOneCatalog(const ConfigNode& node) {
  return std::ranges::any_of(node.keys,
                             [](const ConfigNode::Key& key) { return key.text == "kind" || key.text == "url"; });
}

// By region: those of the workspace's two.
GroupCatalogs ReadByRegion(ConfigMap& map, const ConfigNode& node, const RegionSettings& regions,
                           const std::string& scope) {
  GroupCatalogs catalogs;
  if (!regions.pair) {
    if (!regions.reported) {
      map.Report(kCatalogKey, "catalog goes by region, and the workspace has no primary_region and secondary_region",
                 "say in the workspace which region the tables come from, and which they go to; or write catalog: "
                 "{kind: unity, url: https://<host>} for that of the sources alone");
    }
    return catalogs;
  }
  const ConfigPlace at = map.PlaceOf(kCatalogKey);
  for (size_t i = 0; i < node.items.size(); ++i) {
    const std::string& region = node.keys[i].text;
    const ConfigPlace place{.file = at.file,
                            .line = node.items[i].line,
                            .column = node.items[i].column,
                            .path = PathOfKey(at.path, OneLine(region))};
    const bool source = region == regions.pair->primary;
    if (!source && region != regions.pair->secondary) {
      const std::array<std::string_view, 2> known{regions.pair->primary, regions.pair->secondary};
      const std::string_view near = NearestKey(region, known);
      map.problems().Add(
          place, fmt::format("'{}' is neither region of the workspace", OneLine(region)),
          near.empty() ? fmt::format("write {} or {}", known[0], known[1]) : fmt::format("did you mean {}?", near));
      continue;
    }
    auto one = ConfigMap::Open(node.items[i], place, kCatalogLevel, map.problems());
    if (one) (source ? catalogs.source : catalogs.target) = ReadCatalog(*one, scope);
  }
  if (catalogs.source && catalogs.target && catalogs.source->url == catalogs.target->url) {
    map.Report(kCatalogKey, "both regions have the same catalog, in which a table has one place",
               "name the catalog of the primary region alone, and say by roots where replicas lie");
  }
  return catalogs;
}

}  // namespace

void ReadApply(ConfigMap& map, plan::GroupSpec& spec) {
  if (const auto way = map.Choice(kApplyKey, {"commit", "sql_clone"})) spec.sql_clone = *way == 1;
}

void CheckClones(ConfigMap& group, const GroupDraft& draft) {
  if (!draft.spec.sql_clone) return;
  const std::optional<CatalogSettings>& catalog = draft.catalogs.target;
  constexpr std::string_view kWrite =
      "write catalog: {<secondary region>: {kind: databricks, url: https://<host>, warehouse: <id>}}, or leave out "
      "apply";
  if (!catalog) {
    group.Report(kApplyKey,
                 "apply: sql_clone is for managed tables of the secondary region's catalog, and there is none",
                 std::string(kWrite));
  } else if (catalog->kind != CatalogKind::kDatabricks) {
    group.Report(kApplyKey, "apply: sql_clone takes a Databricks workspace: no other catalog runs SQL",
                 std::string(kWrite));
  } else if (catalog->warehouse.empty()) {
    group.Report(kApplyKey, "apply: sql_clone takes a SQL warehouse, and the secondary region's catalog names none",
                 "add warehouse: <id> to that catalog");
  }
  if (draft.spec.register_tables) {
    group.Report("register",
                 "register makes replicas external tables, and apply: sql_clone clones them into managed ones",
                 "keep one of them");
  }
  for (size_t i = 0; i < draft.spec.tables.size(); ++i) {
    const plan::TableSpec& table = draft.spec.tables[i];
    if (table.name.empty() || table.target_uri.empty()) continue;
    const Status fits = plan::CheckCloneable(table.name, table.target_uri);
    if (!fits) group.problems().Add(draft.table_places[i], fits.error().message, fits.error().remedy);
  }
}

void GiveVendors(const GroupCatalogs& catalogs, plan::GroupSpec& spec) {
  const bool source = catalogs.source && catalogs.source->vended;
  const bool target = catalogs.target && catalogs.target->vended;
  const auto give = [&](plan::TableSpec& table) {
    if (source && table.source_by_catalog) table.source_vendor = spec.name;
    if (target && table.target_by_catalog) table.target_vendor = spec.name;
  };
  for (plan::TableSpec& table : spec.tables.Edit()) give(table);
  for (plan::TablePattern& pattern : spec.patterns) give(pattern.like);
}

GroupCatalogs ReadCatalogs(ConfigMap& map, const GroupCatalogs& inherited, const RegionSettings& regions,
                           const std::string& secret_scope) {
  if (!map.Has(kCatalogKey)) return inherited;
  const ConfigNode* node = map.Value(kCatalogKey);
  if (node == nullptr) return {};
  if (node->kind == ConfigNode::Kind::kMap && !IsOneCatalog(*node)) {
    return ReadByRegion(map, *node, regions, secret_scope);
  }
  GroupCatalogs catalogs;
  auto one = map.Map(kCatalogKey, kCatalogLevel);
  if (one) catalogs.source = ReadCatalog(*one, secret_scope);
  return catalogs;
}

}  // namespace lakeferry
