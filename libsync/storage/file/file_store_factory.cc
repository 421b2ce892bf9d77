#include "storage/file/file_store_factory.h"

#include <utility>

#include "async/offload.h"
#include "storage/file/file_store.h"
#include "storage/file/folder_place.h"
#include "storage/file/shared_clock.h"

namespace lakeferry {

Result<std::shared_ptr<ObjectStore>> FileStoreFactory::Make(const Location& location, const StoreRef&) {
  std::shared_ptr<RootWatch>& watch = watches_[location.path()];
  if (!watch) watch = std::make_shared<RootWatch>();
  return std::make_shared<FileStore>(location.Print(), location.path(), pool_, FileTreeOptions{}, watch);
}

Task<std::vector<Result<StorePlace>>> FileStoreFactory::Locate(Call call, std::vector<Location> locations) {
  const Status wanted = CheckWanted(call);
  if (!wanted) co_return std::vector<Result<StorePlace>>(locations.size(), std::unexpected(wanted.error()));
  auto found = co_await Offload(pool_, [locations = std::move(locations)] {
    FolderPlaces places;
    std::vector<Result<StorePlace>> all;
    all.reserve(locations.size());
    for (const Location& location : locations) all.push_back(places.Find(location.path()));
    return all;
  });
  co_return found;
}

Task<Result<bool>> FileStoreFactory::ShareClock(Call, Location location, Location other) {
  auto result = co_await Offload(
      pool_, [a = location.path(), b = other.path()]() -> Result<bool> { return lakeferry::ShareClock(a, b); });
  co_return result;
}

}  // namespace lakeferry
