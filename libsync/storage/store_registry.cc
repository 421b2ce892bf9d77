#include "storage/store_registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace lakeferry {

Result<StoreRegistry::Found> StoreRegistry::Find(const std::string& uri) const {
  LF_TRY(Location location, Location::Parse(uri));
  const auto found = adapters_.find(location.scheme());
  if (found != adapters_.end()) return Found{.location = std::move(location), .adapter = found->second};
  std::vector<Scheme> built;
  built.reserve(adapters_.size());
  for (const auto& [scheme, adapter] : adapters_) built.push_back(scheme);
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("stores of scheme '{}' are not built into this version", SchemeName(location.scheme())),
              location.Print(), fmt::format("write a location that it knows: {}", SchemeList(built)));
}

Result<std::shared_ptr<ObjectStore>> StoreRegistry::Open(const StoreRef& ref) {
  LF_TRY(const Found found, Find(ref.uri));
  StoreRef of_place = ref;
  of_place.uri = found.location.place();
  const auto known = open_.find(of_place);
  if (known != open_.end()) {
    if (auto store = known->second.lock()) return store;
  }
  MakeRoom();
  LF_TRY(auto store, found.adapter->Make(found.location, ref));
  open_.insert_or_assign(std::move(of_place), store);
  return store;
}

// Counted by what is made and not by what there is: behind a start that held ten thousand at once, a service that opens
// the same ones again and again would never get there.
void StoreRegistry::MakeRoom() {
  constexpr size_t kLeast = 64;
  if (++made_ < std::max(kLeast, held_)) return;
  std::erase_if(open_, [](const auto& entry) { return entry.second.expired(); });
  made_ = 0;
  held_ = open_.size();
}

Task<std::vector<Result<StorePlace>>> StoreRegistry::Locate(Call call, std::vector<std::string> uris) {
  struct Asked {
    std::vector<Location> locations;
    std::vector<size_t> numbers;
  };
  std::vector<Result<StorePlace>> places(uris.size(), StorePlace{});
  std::map<StoreAdapter*, Asked> adapters;
  for (size_t i = 0; i < uris.size(); ++i) {
    Result<Found> found = Find(uris[i]);
    if (!found) {
      places[i] = std::unexpected(std::move(found).error());
      continue;
    }
    Asked& asked = adapters[found->adapter];
    asked.locations.push_back(std::move(found->location));
    asked.numbers.push_back(i);
  }
  for (auto& [adapter, asked] : adapters) {
    std::vector<Result<StorePlace>> told = co_await adapter->Locate(call, std::move(asked.locations));
    for (size_t i = 0; i < told.size(); ++i) places[asked.numbers[i]] = std::move(told[i]);
  }
  co_return places;
}

Task<Result<bool>> StoreRegistry::ShareClock(Call call, std::string uri, std::string other) {
  LF_CO_TRY(Found one, Find(uri));
  LF_CO_TRY(Found two, Find(other));
  if (one.adapter != two.adapter) co_return false;
  co_return co_await one.adapter->ShareClock(call, std::move(one.location), std::move(two.location));
}

}  // namespace lakeferry
