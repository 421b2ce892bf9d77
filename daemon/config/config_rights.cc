#include "daemon/config/config_rights.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "base/location.h"

namespace lakeferry {
namespace {

constexpr char kKey[] = "credentials";

struct RightKey {
  std::string_view key;
  std::string RightNames::* name;
};
constexpr std::array<RightKey, 5> kRights{{{"read_source", &RightNames::read_source},
                                           {"write_staging", &RightNames::write_staging},
                                           {"read_staging", &RightNames::read_staging},
                                           {"write_target", &RightNames::write_target},
                                           {"place_target", &RightNames::place_target}}};

// One right of a group, at each of its places.
class RightOfGroup {
 public:
  RightOfGroup(std::string name, std::string_view right, const StoreSettings& stores, ConfigMap& group)
      : name_(std::move(name)), right_(right), stores_(stores), group_(group) {}

  // The name, for a place of the right. A folder takes no notice of it: it is opened as the service's user. A name that
  // is not defined, or no location, is a problem already.
  std::string At(const std::string& uri) {
    const auto location = Location::Parse(uri);
    if (!stores_.HasCredential(name_) || !location) return name_;
    if (location->scheme() == Scheme::kFile) {
      folder_ = uri;
      return name_;
    }
    used_ = true;
    if (!stores_.Fits(name_, location->scheme())) Report(uri, "name a credential of that service");
    return name_;
  }
  // After all: a name that the group itself gives for folders alone.
  void CheckUsed() {
    if (used_ || folder_.empty() || !group_.Has(kKey)) return;
    Report(folder_, "a folder is opened as the service's user: leave the right out");
  }

 private:
  void Report(const std::string& uri, std::string remedy) {
    group_.Report(group_.Has(kKey) ? kKey : "group_name",
                  fmt::format("credential {} of {} is of no use at {}", name_, right_, uri), std::move(remedy));
  }

  std::string name_;
  std::string_view right_;
  const StoreSettings& stores_;
  ConfigMap& group_;
  bool used_ = false;
  std::string folder_;
};

}  // namespace

RightNames ReadRights(ConfigMap& map, const StoreSettings& stores, const RightNames& inherited) {
  RightNames names = inherited;
  if (!map.Has(kKey)) return names;
  auto rights = map.Map(kKey, kRightsLevel);
  if (!rights) return names;
  for (const auto& [key, name] : kRights) {
    const auto text = rights->Text(key);
    if (!text) continue;
    names.*name = text->text;
    if (stores.HasCredential(text->text)) continue;
    rights->Report(key, fmt::format("there is no credential {}", text->text),
                   "define it under credentials: at the top level");
  }
  return names;
}

void GiveRights(const RightNames& names, const StoreSettings& stores, ConfigMap& group, plan::GroupSpec& spec) {
  RightOfGroup read_source(names.read_source, "read_source", stores, group);
  RightOfGroup write_staging(names.write_staging, "write_staging", stores, group);
  RightOfGroup read_staging(names.read_staging, "read_staging", stores, group);
  RightOfGroup write_target(names.write_target, "write_target", stores, group);
  RightOfGroup place_target(names.place_target, "place_target", stores, group);
  spec.read_staging_credential = read_staging.At(spec.staging_uri);
  spec.write_staging_credential = write_staging.At(spec.staging_uri);
  for (plan::TableSpec& table : spec.tables.Edit()) {
    table.source_credential = read_source.At(table.source_uri);
    table.target_credential = write_target.At(table.target_uri);
    if (spec.direct) table.place_credential = place_target.At(table.target_uri);
    for (const std::string& root : table.import_roots) (void)read_source.At(root);
  }
  for (plan::TablePattern& pattern : spec.patterns) {
    pattern.like.source_credential = names.read_source;
    pattern.like.target_credential = names.write_target;
    if (spec.direct) pattern.like.place_credential = names.place_target;
  }
  if (!spec.direct && !names.place_target.empty() && group.Has(kKey) &&
      group.Map(kKey, kRightsLevel)->Has("place_target")) {
    group.Report(kKey,
                 "place_target is the right of a sender that places files at their targets, and this one does not",
                 "add staging: direct to the group, or leave the right out");
  }
  for (RightOfGroup* right : {&read_source, &write_staging, &read_staging, &write_target, &place_target})
    right->CheckUsed();
}

}  // namespace lakeferry
