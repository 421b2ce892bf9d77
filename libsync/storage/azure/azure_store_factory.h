// AzureStoreFactory: the adapter of abfss://, wasbs:// and az:// stores.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <utility>

#include "storage/azure/azure_store.h"
#include "storage/cloud/kept_probes.h"
#include "storage/cloud/store_login.h"
#include "storage/store_adapter.h"

namespace lakeferry::azure {

// How a container is reached, and as whom.
struct ContainerAccess {
  ContainerAddress address;
  std::shared_ptr<RequestSigner> signer;
  AzureStoreOptions options = {};
};

// Who knows that: the configuration and Azure's variables.
class ContainerDirectory {
 public:
  virtual ~ContainerDirectory() = default;
  // Touches nothing, and reads no secret but those of variables, one of which tells the account. kInvalidArgument for
  // what cannot be used, saying where it is written.
  virtual Result<ContainerAccess> Find(const Location& location, const StoreLogin& login) = 0;
};

// Used on the engine thread. What it is given outlives it and every store that it made.
class AzureStoreFactory final : public StoreAdapter {
 public:
  AzureStoreFactory(boost::asio::any_io_executor engine, ContainerDirectory& directory, HttpTransport& http,
                    ProbeBook& book, Clock& clock, Random& random)
      : directory_(directory), http_(http), clock_(clock), random_(random), probes_(std::move(engine), book, clock) {}

  // An endpoint that is not Azure's own is tried before anything is written there.
  Result<std::shared_ptr<ObjectStore>> Make(const Location& location, const StoreRef& ref) override;
  // The account may come with the credential: the directory is asked.
  Task<std::vector<Result<StorePlace>>> Locate(Call call, std::vector<Location> locations) override;
  // What one account dates.
  Task<Result<bool>> ShareClock(Call call, Location location, Location other) override;

 private:
  [[nodiscard]] StorePromises PromisesOf(const std::shared_ptr<AzureClient>& client, const Location& location,
                                         StoreRight right);
  [[nodiscard]] Result<StorePlace> PlaceOf(const Location& location);

  ContainerDirectory& directory_;
  HttpTransport& http_;
  Clock& clock_;
  Random& random_;
  KeptProbes probes_;
};

}  // namespace lakeferry::azure
