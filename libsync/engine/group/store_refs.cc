#include "engine/group/store_refs.h"

#include <utility>

namespace lakeferry::engine {

StoreRef SourceRef(const plan::TableSpec& table) { return ImportRef(table, table.source_uri); }

StoreRef ImportRef(const plan::TableSpec& table, std::string root) {
  return {.uri = std::move(root), .credential = table.source_credential, .right = StoreRight::kReadSource};
}

StoreRef TargetRef(const plan::TableSpec& table, StoreRight right) {
  return {.uri = table.target_uri, .credential = table.target_credential, .right = right};
}

StoreRef PlaceRef(const plan::TableSpec& table) {
  return {.uri = table.target_uri, .credential = table.place_credential, .right = StoreRight::kPlaceTarget};
}

StoreRef StagingRef(const plan::GroupSpec& group, StoreRight right) {
  const bool read = right == StoreRight::kReadStaging;
  return {.uri = group.staging_uri,
          .credential = read ? group.read_staging_credential : group.write_staging_credential,
          .right = right};
}

}  // namespace lakeferry::engine
