// StoreAdapter: what the registry (store_registry.h) asks of whoever speaks to one kind of store.
#pragma once

#include <memory>
#include <vector>

#include "base/location.h"
#include "base/result.h"
#include "env/object_store.h"
#include "env/store_factory.h"

namespace lakeferry {

// One adapter may serve several schemes; it is asked about locations of these alone. Called on the engine thread.
class StoreAdapter {
 public:
  virtual ~StoreAdapter() = default;
  // A store of its own for every call. Touches nothing.
  virtual Result<std::shared_ptr<ObjectStore>> Make(const Location& location, const StoreRef& ref) = 0;
  // As StoreFactory::Locate.
  virtual Task<std::vector<Result<StorePlace>>> Locate(Call call, std::vector<Location> locations) = 0;
  // As StoreFactory::ShareClock.
  virtual Task<Result<bool>> ShareClock(Call call, Location location, Location other) = 0;
};

}  // namespace lakeferry
