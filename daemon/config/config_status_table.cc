#include "daemon/config/config_status_table.h"

#include <fmt/format.h>

#include "base/location.h"
#include "daemon/config/config_values.h"

namespace lakeferry {
namespace {

constexpr std::string_view kStatusTable = "status_table";

void CheckStatusCredential(ConfigMap& map, const StoreSettings& stores, const Location& location,
                           const std::string& name) {
  if (!stores.HasCredential(name)) {
    map.Report("credential", fmt::format("there is no credential {}", name),
               "define it under credentials: at the top level");
  } else if (!stores.Fits(name, location.scheme())) {
    map.Report("credential", fmt::format("credential {} is of no use at {}", name, location.Print()),
               "name a credential of that service, or leave it out");
  }
}

// Whether one is the other, or lies in it.
bool Meet(const Location& table, const std::string& uri) {
  const auto root = Location::Parse(uri);
  return root && (table.place().starts_with(root->place()) || root->place().starts_with(table.place()));
}

}  // namespace

std::optional<StatusTableSettings> ReadStatusTable(ConfigMap& top, const StoreSettings& stores) {
  const ConfigNode* node = top.Value(kStatusTable);
  if (node == nullptr) return std::nullopt;
  if (node->kind != ConfigNode::Kind::kMap) {
    const auto text = top.Text(kStatusTable);
    if (!text || !CheckLocation(*text, top.problems())) return std::nullopt;
    return StatusTableSettings{.uri = text->text, .credential = {}};
  }
  auto map = top.Map(kStatusTable, kStatusTableLevel);
  if (!map) return std::nullopt;
  const auto text = map->RequiredText("location", "s3://lake-west/lakeferry/status");
  const auto location = text ? CheckLocation(*text, top.problems()) : std::nullopt;
  if (!location) return std::nullopt;
  StatusTableSettings settings{.uri = text->text, .credential = TextAt(*map, "credential")};
  if (!settings.credential.empty()) CheckStatusCredential(*map, stores, *location, settings.credential);
  return settings;
}

void CheckStatusPlace(ConfigMap& top, const Config& config) {
  if (!config.status_table) return;
  const auto table = Location::Parse(config.status_table->uri);
  if (!table) return;
  const auto refuse = [&](const std::string& uri, const std::string& what) {
    if (uri.empty() || !Meet(*table, uri)) return false;
    top.Report(kStatusTable, fmt::format("the status table at {} overlaps {}", config.status_table->uri, what),
               "give it a folder of its own");
    return true;
  };
  for (const plan::GroupSpec& group : config.groups) {
    if (refuse(group.staging_uri, fmt::format("the staging location of group '{}'", group.name))) return;
    for (const plan::TableSpec& spec : group.tables) {
      const std::string of = fmt::format("table {} of group '{}'", spec.name, group.name);
      if (refuse(spec.source_uri, "the source of " + of) || refuse(spec.target_uri, "the target of " + of)) return;
    }
  }
}

}  // namespace lakeferry
