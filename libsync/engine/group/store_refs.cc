#include "engine/group/store_refs.h"

#include <utility>

namespace lakeferry::engine {
namespace {

std::optional<Vending> VendingOf(const std::string& vendor, CatalogSide side, const plan::TableSpec& table) {
  if (vendor.empty()) return std::nullopt;
  return Vending{.group = vendor, .side = side, .table = table.name};
}

}  // namespace

StoreRef SourceRef(const plan::TableSpec& table) {
  StoreRef ref = ImportRef(table, table.source_uri);
  ref.vending = VendingOf(table.source_vendor, CatalogSide::kSource, table);
  return ref;
}

StoreRef ImportRef(const plan::TableSpec& table, std::string root) {
  return {.uri = std::move(root), .credential = table.source_credential, .right = StoreRight::kReadSource};
}

StoreRef TargetRef(const plan::TableSpec& table, StoreRight right) {
  return {.uri = table.target_uri,
          .credential = table.target_credential,
          .right = right,
          .vending = VendingOf(table.target_vendor, CatalogSide::kTarget, table)};
}

StoreRef PlaceRef(const plan::TableSpec& table) {
  return {.uri = table.target_uri,
          .credential = table.place_credential,
          .right = StoreRight::kPlaceTarget,
          .vending = VendingOf(table.target_vendor, CatalogSide::kTarget, table)};
}

StoreRef StagingRef(const plan::GroupSpec& group, StoreRight right) {
  const bool read = right == StoreRight::kReadStaging;
  return {.uri = group.staging_uri,
          .credential = read ? group.read_staging_credential : group.write_staging_credential,
          .right = right};
}

}  // namespace lakeferry::engine
