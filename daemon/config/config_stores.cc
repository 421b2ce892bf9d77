#include "daemon/config/config_stores.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/config/config_bucket_terms.h"
#include "daemon/config/config_credentials.h"
#include "daemon/config/config_values.h"
#include "http/origin.h"
#include "storage/aws/settings.h"

namespace lakeferry {
namespace {

bool ReadBoolean(ConfigMap& map, std::string_view key) { return map.Choice(key, {"false", "true"}).value_or(0) == 1; }

std::string TextOf(ConfigMap& map, std::string_view key) {
  const auto text = map.Text(key);
  return text ? text->text : std::string();
}

void ReadCredentials(ConfigMap& top, StoreSettings& settings) {
  const ConfigNode* value = top.Value("credentials");
  if (value == nullptr) return;
  if (value->kind != ConfigNode::Kind::kMap) {
    top.Report("credentials", "credentials is no map of names", "write each credential below its name");
    return;
  }
  for (size_t i = 0; i < value->items.size(); ++i) {
    const ConfigNode::Key& name = value->keys[i];
    ConfigPlace place = top.PlaceOf("credentials");
    place = {.file = place.file, .line = name.line, .column = name.column, .path = PathOfKey(place.path, name.text)};
    if (settings.HasCredential(name.text)) {
      top.problems().Add(place, fmt::format("the credential {} stands here a second time", name.text),
                         "keep one of them");
    }
    auto map = ConfigMap::Open(value->items[i], place, kCredentialLevel, top.problems());
    if (map) ReadCredential(*map, name.text, settings);
  }
}

void CheckEndpoint(ConfigMap& map, const StorePrefix& store) {
  if (!store.endpoint) return;
  const auto origin = EndpointOf(*store.endpoint, &store, store.prefix);
  if (!origin) {
    map.Report("endpoint", origin.error().message, origin.error().remedy);
  } else if (ParseUrl(*store.endpoint)->target != "/" && !IsAzure(store.prefix.scheme())) {
    map.Report("endpoint", "an endpoint has no path", "write it without one; the bucket is in the prefix");
  }
}

std::optional<StorePrefix> ReadStore(ConfigMap& map, const StoreSettings& settings, const std::string& file) {
  const auto text = map.RequiredText("prefix", "s3://bucket/");
  const auto location = text ? CheckLocation(*text, map.problems()) : std::nullopt;
  if (!location) return std::nullopt;
  if (location->scheme() == Scheme::kFile) map.Report("prefix", "a folder needs no settings", "remove the entry");
  StorePrefix store{.prefix = *location,
                    .where = ToString(file, map.place()),
                    .endpoint = {},
                    .region = {},
                    .path_style = {},
                    .allow_http = ReadBoolean(map, "allow_http"),
                    .credential = TextOf(map, "credential")};
  if (const auto endpoint = map.Text("endpoint")) store.endpoint = endpoint->text;
  if (const auto region = map.Text("region")) {
    store.region = region->text;
    const Status named = aws::CheckRegion(region->text, "region");
    if (!named) map.Report("region", named.error().message, named.error().remedy);
  }
  if (map.Has("path_style")) store.path_style = ReadBoolean(map, "path_style");
  CheckEndpoint(map, store);
  ReadBucketTerms(map, store);
  if (!store.credential.empty() && !settings.HasCredential(store.credential)) {
    map.Report("credential", fmt::format("there is no credential {}", store.credential),
               "define it under credentials: at the top level");
  }
  return store;
}

}  // namespace

StoreSettings ReadStores(ConfigMap& top, const std::string& file) {
  StoreSettings settings;
  ReadCredentials(top, settings);
  if (!top.Has("stores")) return settings;
  for (const ConfigMap::Element& element : top.RequiredList("stores", "stores")) {
    auto map = ConfigMap::Open(*element.node, element.place, kStoreLevel, top.problems());
    if (!map) continue;
    auto store = ReadStore(*map, settings, file);
    if (!store) continue;
    const auto same = std::ranges::find(settings.prefixes, store->prefix, &StorePrefix::prefix);
    if (same != settings.prefixes.end()) {
      map->Report("prefix", fmt::format("{} stands in the list a second time", store->prefix.Print()),
                  "keep one of them");
    } else {
      settings.prefixes.push_back(*std::move(store));
    }
  }
  return settings;
}

}  // namespace lakeferry
