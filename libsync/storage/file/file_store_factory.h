// FileStoreFactory: the adapter of file:// stores.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "storage/file/mount_pools.h"
#include "storage/file/root_watch.h"
#include "storage/store_adapter.h"

namespace lakeferry {

// Used on the engine thread; must outlive every store it made. Whatever right a store is made for, it can do what the
// process's user can: rights of files are that user's. Each mounted file system has threads of its own.
class FileStoreFactory : public StoreAdapter {
 public:
  // `threads`: for the blocking calls to one file system.
  explicit FileStoreFactory(size_t threads) : pools_(threads) {}
  // All in one `pool`, as MountPools has it.
  explicit FileStoreFactory(boost::asio::any_io_executor pool) : pools_(std::move(pool)) {}
  // Before the engine's executor goes away: nothing comes back to it any more.
  void Stop() { pools_.Stop(); }

  Result<std::shared_ptr<ObjectStore>> Make(const Location& location, const StoreRef& ref) override;
  Task<std::vector<Result<StorePlace>>> Locate(Call call, std::vector<Location> locations) override;
  Task<Result<bool>> ShareClock(Call call, Location location, Location other) override;

 private:
  MountPools pools_;
  // By folder, for whatever right: a file system that went away is remembered by all.
  std::unordered_map<std::string, std::shared_ptr<RootWatch>> watches_;
};

}  // namespace lakeferry
