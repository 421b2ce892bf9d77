// FileStoreFactory: StoreFactory for file:// URIs.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <string>

#include "env/store_factory.h"
#include "storage/file/root_watch.h"

namespace lakeferry {

// Used on the engine thread. The pool must outlive the factory and every store it opened.
class FileStoreFactory : public StoreFactory {
 public:
  explicit FileStoreFactory(boost::asio::any_io_executor pool) : pool_(std::move(pool)) {}
  // Calls with one URI share a store as long as somebody holds it.
  Result<std::shared_ptr<ObjectStore>> Open(const std::string& uri) override;
  Task<Result<bool>> ShareClock(Call call, std::string uri, std::string other) override;

 private:
  const boost::asio::any_io_executor pool_;
  std::map<std::string, std::weak_ptr<ObjectStore>> open_;
  std::map<std::string, std::shared_ptr<RootWatch>> watches_;
};

}  // namespace lakeferry
