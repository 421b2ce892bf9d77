// S3StoreFactory: the adapter of s3:// and s3a:// stores.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/cloud/kept_probes.h"
#include "storage/cloud/store_login.h"
#include "storage/s3/lifecycle.h"
#include "storage/s3/s3_store.h"
#include "storage/store_adapter.h"

namespace lakeferry::s3 {

// How a bucket is reached, and as whom.
struct BucketAccess {
  BucketAddress address;
  std::shared_ptr<RequestSigner> signer;
  S3StoreOptions options = {};
};

// Who knows that: the configuration, the vendors' variables, what a probe found.
class BucketDirectory {
 public:
  virtual ~BucketDirectory() = default;
  // Touches nothing, and reads no secret. kInvalidArgument for what cannot be used, saying where it is written.
  virtual Result<BucketAccess> Find(const Location& location, const StoreLogin& login) = 0;
};

// Used on the engine thread. What it is given outlives it and every store that it made.
class S3StoreFactory final : public StoreAdapter {
 public:
  S3StoreFactory(boost::asio::any_io_executor engine, BucketDirectory& directory, HttpTransport& http, ProbeBook& book,
                 Clock& clock, Random& random)
      : directory_(directory), http_(http), clock_(clock), random_(random), probes_(std::move(engine), book, clock) {}

  Result<std::shared_ptr<ObjectStore>> Make(const Location& location, const StoreRef& ref) override;
  // The URI tells.
  Task<std::vector<Result<StorePlace>>> Locate(Call call, std::vector<Location> locations) override;
  // What one service dates: two locations with one endpoint.
  Task<Result<bool>> ShareClock(Call call, Location location, Location other) override;
  // Lifecycle rules of the bucket that a location lies in; none where it has none, or may not tell them to us.
  // `credential`: as StoreLogin has it. Other errors of a store's calls.
  Task<Result<std::vector<LifecycleRule>>> RulesOf(Call call, Location location, std::string credential);

 private:
  [[nodiscard]] std::shared_ptr<S3Client> ClientOf(const BucketAccess& access);
  [[nodiscard]] std::shared_ptr<StoreProbe> ProbeOf(const std::shared_ptr<S3Client>& client, const Location& location,
                                                    StoreRight right);

  BucketDirectory& directory_;
  HttpTransport& http_;
  Clock& clock_;
  Random& random_;
  KeptProbes probes_;
};

}  // namespace lakeferry::s3
