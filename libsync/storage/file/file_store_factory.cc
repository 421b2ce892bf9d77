#include "storage/file/file_store_factory.h"

#include <map>
#include <utility>

#include "storage/file/file_store.h"
#include "storage/file/folder_place.h"
#include "storage/file/offload_within.h"
#include "storage/file/shared_clock.h"

namespace lakeferry {

Result<std::shared_ptr<ObjectStore>> FileStoreFactory::Make(const Location& location, const StoreRef&) {
  std::shared_ptr<RootWatch>& watch = watches_[location.path()];
  if (!watch) watch = std::make_shared<RootWatch>();
  return std::make_shared<FileStore>(location.Print(), location.path(), pools_.For(location.path()), FileTreeOptions{},
                                     watch);
}

namespace {

std::vector<Result<StorePlace>> FindAll(const std::vector<std::string>& paths) {
  FolderPlaces places;
  std::vector<Result<StorePlace>> all;
  all.reserve(paths.size());
  for (const std::string& path : paths) all.push_back(places.Find(path));
  return all;
}

}  // namespace

// One job for those of one file system, so that they share what was found.
Task<std::vector<Result<StorePlace>>> FileStoreFactory::Locate(Call call, std::vector<Location> locations) {
  const Status wanted = CheckWanted(call);
  if (!wanted) co_return std::vector<Result<StorePlace>>(locations.size(), std::unexpected(wanted.error()));
  std::map<size_t, std::vector<size_t>> of_pools;
  for (size_t i = 0; i < locations.size(); ++i) of_pools[pools_.NumberOf(locations[i].path())].push_back(i);
  std::vector<Result<StorePlace>> all(locations.size(), StorePlace{});
  for (const auto& [pool, numbers] : of_pools) {
    std::vector<std::string> paths;
    paths.reserve(numbers.size());
    for (const size_t number : numbers) paths.push_back(locations[number].path());
    auto find = [paths = std::move(paths)] { return FindAll(paths); };
    auto found = co_await OffloadWithin(pools_.Executor(pool), call, std::move(find), JobLength::kShort);
    for (size_t i = 0; i < numbers.size(); ++i) {
      Result<StorePlace>& one = all[numbers[i]];
      if (found) one = std::move((*found)[i]);
      if (!found) one = std::unexpected(NoAnswer(call, locations[numbers[i]].Print()));
    }
  }
  co_return all;
}

Task<Result<bool>> FileStoreFactory::ShareClock(Call call, Location location, Location other) {
  auto ask = [a = location.path(), b = other.path()] { return lakeferry::ShareClock(a, b); };
  const auto share = co_await OffloadWithin(pools_.For(location.path()), call, std::move(ask));
  if (!share) co_return std::unexpected(NoAnswer(call, location.Print()));
  co_return *share;
}

}  // namespace lakeferry
