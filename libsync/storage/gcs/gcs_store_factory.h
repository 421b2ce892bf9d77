// GcsStoreFactory: the adapter of gs:// stores.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <utility>

#include "storage/cloud/kept_probes.h"
#include "storage/cloud/store_login.h"
#include "storage/cloud/upload_book.h"
#include "storage/gcs/gcs_store.h"
#include "storage/store_adapter.h"

namespace lakeferry::gcs {

// How a bucket is reached, and as whom.
struct BucketAccess {
  BucketAddress address;
  std::shared_ptr<RequestSigner> signer;
  GcsStoreOptions options = {};
};

// Who knows that: the configuration and Google's variables.
class BucketDirectory {
 public:
  virtual ~BucketDirectory() = default;
  // Touches nothing, and reads no secret. kInvalidArgument for what cannot be used, saying where it is written.
  virtual Result<BucketAccess> Find(const Location& location, const StoreLogin& login) = 0;
};

// Used on the engine thread. What it is given outlives it and every store that it made.
class GcsStoreFactory final : public StoreAdapter {
 public:
  // What is kept beyond this process.
  struct Books {
    ProbeBook& probes;
    UploadBook& uploads;
  };
  GcsStoreFactory(boost::asio::any_io_executor engine, BucketDirectory& directory, HttpTransport& http, Books books,
                  Clock& clock, Random& random)
      : directory_(directory),
        http_(http),
        clock_(clock),
        random_(random),
        uploads_(books.uploads),
        probes_(std::move(engine), books.probes, clock) {}

  // An endpoint that is not Google's own is tried before anything is written there.
  Result<std::shared_ptr<ObjectStore>> Make(const Location& location, const StoreRef& ref) override;
  // The URI tells.
  Task<std::vector<Result<StorePlace>>> Locate(Call call, std::vector<Location> locations) override;
  // What one service dates: two locations with one endpoint.
  Task<Result<bool>> ShareClock(Call call, Location location, Location other) override;

 private:
  [[nodiscard]] StorePromises PromisesOf(const std::shared_ptr<GcsClient>& client, const Location& location,
                                         StoreRight right);

  BucketDirectory& directory_;
  HttpTransport& http_;
  Clock& clock_;
  Random& random_;
  UploadBook& uploads_;
  KeptProbes probes_;
};

}  // namespace lakeferry::gcs
