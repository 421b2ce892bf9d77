// StoreRegistry: the StoreFactory of a process. It leads from the scheme of a URI to the adapter that speaks to such
// stores, and shares what is open.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "env/store_factory.h"
#include "storage/store_adapter.h"

namespace lakeferry {

// Used on the engine thread.
class StoreRegistry : public StoreFactory {
 public:
  // `adapter` answers for the scheme from now on; one that is there already is replaced. It outlives the registry.
  void Add(Scheme scheme, StoreAdapter* adapter) { adapters_[scheme] = adapter; }

  // Calls for one place, credential and right share a store as long as somebody holds it, and no others.
  Result<std::shared_ptr<ObjectStore>> Open(const StoreRef& ref) override;
  Task<std::vector<Result<StorePlace>>> Locate(Call call, std::vector<std::string> uris) override;
  // False for stores of two adapters.
  Task<Result<bool>> ShareClock(Call call, std::string uri, std::string other) override;

 private:
  struct Found {
    Location location;
    StoreAdapter* adapter;
  };
  [[nodiscard]] Result<Found> Find(const std::string& uri) const;

  std::map<Scheme, StoreAdapter*> adapters_;
  // Now and then takes out those that nobody holds any more: each keeps the memory of its store.
  void MakeRoom();
  struct ByPlace {
    size_t operator()(const StoreRef& ref) const { return std::hash<std::string>()(ref.uri); }
  };
  std::unordered_map<StoreRef, std::weak_ptr<ObjectStore>, ByPlace> open_;  // with the place in the place of the URI
  size_t made_ = 0;                                                         // since that was done
  size_t held_ = 0;                                                         // of them then
};

}  // namespace lakeferry
