#include "daemon/permissions/grants.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "base/trial_name.h"
#include "plan/document/staging_layout.h"

namespace lakeferry {
namespace {

std::optional<StoreService> ServiceOf(Scheme scheme) {
  switch (scheme) {
    case Scheme::kS3:
    case Scheme::kS3a: return StoreService::kS3;
    case Scheme::kAbfss:
    case Scheme::kWasbs:
    case Scheme::kAz: return StoreService::kAzure;
    case Scheme::kGs: return StoreService::kGcs;
    case Scheme::kFile: return std::nullopt;
  }
  return std::nullopt;
}

// What is wanted below a location.
struct Wanted {
  std::string below = {};  // how keys begin there
  bool write = false;
  bool remove = false;
  bool adds = false;
};
const Wanted kRead;
const Wanted kWrite{.write = true};
const Wanted kAdd{.adds = true};
const Wanted kWriteAndDelete{.write = true, .remove = true};

class Collector {
 public:
  Collector(const Config& config, Role role) : config_(config), role_(role) {}

  void Add(const std::string& uri, const std::string& credential, const Wanted& wanted) {
    const auto location = Location::Parse(uri);
    if (!location) return;  // the other side asks a catalog for it
    const auto service = ServiceOf(location->scheme());
    if (!service) return;
    const std::string root = location->path().empty() ? std::string() : location->path() + "/";
    std::vector<Grant>& grants = SetOf(*service, NameFor(*location, credential)).grants;
    const Grant grant{.place = *location,
                      .prefix = root + wanted.below,
                      .write = wanted.write,
                      .remove = wanted.remove,
                      .adds = wanted.adds};
    const auto same = std::ranges::find_if(grants, [&](const Grant& one) {
      return one.place.store() == grant.place.store() && one.prefix == grant.prefix;
    });
    if (same == grants.end()) {
      grants.push_back(grant);
    } else {
      same->write |= grant.write;
      same->remove |= grant.remove;
      same->adds |= grant.adds;
    }
  }
  std::vector<GrantSet> Take() { return std::move(sets_); }

 private:
  [[nodiscard]] std::string NameFor(const Location& location, const std::string& credential) const {
    const StorePrefix* store = config_.stores.Find(location);
    return credential.empty() && store != nullptr ? store->credential : credential;
  }
  GrantSet& SetOf(StoreService service, const std::string& credential) {
    for (GrantSet& set : sets_) {
      if (set.service == service && set.credential == credential) return set;
    }
    return sets_.emplace_back(GrantSet{.role = role_, .service = service, .credential = credential, .grants = {}});
  }

  const Config& config_;
  Role role_;
  std::vector<GrantSet> sets_;
};

// What catalogs hand out is theirs to limit: no policy of ours covers it.
void AddOfSender(const plan::GroupSpec& group, Collector& collector) {
  collector.Add(group.staging_uri, group.write_staging_credential, kWriteAndDelete);
  for (const plan::TableSpec& table : group.tables) {
    if (table.source_vendor.empty()) collector.Add(table.source_uri, table.source_credential, kRead);
    for (const std::string& root : table.import_roots) collector.Add(root, table.source_credential, kRead);
    if (group.direct && table.target_vendor.empty()) collector.Add(table.target_uri, table.place_credential, kAdd);
  }
}

// `gc` alone deletes in a replica, and only in a mirror that is to keep versions for a time.
void AddOfReceiver(const plan::GroupSpec& group, Collector& collector) {
  collector.Add(group.staging_uri, group.read_staging_credential, kRead);
  const std::string receipts = plan::StagingLayout(group.name).Receipts().text() + "/";
  for (const std::string& below : {receipts, std::string(kTrialPrefix)}) {
    collector.Add(group.staging_uri, group.write_staging_credential, {.below = below, .write = true});
  }
  for (const plan::TableSpec& table : group.tables) {
    if (!table.target_vendor.empty()) continue;
    collector.Add(table.target_uri, table.target_credential, group.retention ? kWriteAndDelete : kWrite);
  }
}

}  // namespace

std::string_view ServiceName(StoreService service) {
  switch (service) {
    case StoreService::kS3: return "s3";
    case StoreService::kAzure: return "azure";
    case StoreService::kGcs: return "gcs";
  }
  return {};
}

std::vector<GrantSet> GrantsOf(const Config& config, std::optional<Role> role) {
  std::vector<GrantSet> all;
  for (const Role one : {Role::kSender, Role::kReceiver}) {
    if (role && *role != one) continue;
    Collector collector(config, one);
    for (const plan::GroupSpec& group : config.groups) {
      one == Role::kSender ? AddOfSender(group, collector) : AddOfReceiver(group, collector);
    }
    if (config.status_table) collector.Add(config.status_table->uri, config.status_table->credential, kWrite);
    std::ranges::move(collector.Take(), std::back_inserter(all));
  }
  return all;
}

}  // namespace lakeferry
