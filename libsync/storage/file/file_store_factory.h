// FileStoreFactory: the adapter of file:// stores.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <string>

#include "storage/file/root_watch.h"
#include "storage/store_adapter.h"

namespace lakeferry {

// Used on the engine thread. The pool must outlive the factory and every store it made. Whatever right a store is made
// for, it can do what the process's user can: rights of files are that user's.
class FileStoreFactory : public StoreAdapter {
 public:
  explicit FileStoreFactory(boost::asio::any_io_executor pool) : pool_(std::move(pool)) {}

  Result<std::shared_ptr<ObjectStore>> Make(const Location& location, const StoreRef& ref) override;
  Task<std::vector<Result<StorePlace>>> Locate(Call call, std::vector<Location> locations) override;
  Task<Result<bool>> ShareClock(Call call, Location location, Location other) override;

 private:
  const boost::asio::any_io_executor pool_;
  // By folder, for whatever right: a file system that went away is remembered by all.
  std::map<std::string, std::shared_ptr<RootWatch>> watches_;
};

}  // namespace lakeferry
