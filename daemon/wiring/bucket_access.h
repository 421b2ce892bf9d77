// BucketAccess for S3: the configuration first, then the vendors' variables and shared files.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "daemon/config/store_settings.h"
#include "daemon/wiring/vended_credentials.h"
#include "http/transport.h"
#include "storage/aws/credentials.h"
#include "storage/aws/settings.h"
#include "storage/aws/sources/source_context.h"
#include "storage/s3/s3_store_factory.h"

namespace lakeferry {

// Used on the engine thread. What it is given outlives it.
class ConfiguredBuckets final : public s3::BucketDirectory {
 public:
  // `way`: an error is told by every Find: the network cannot be reached as it is set up. `vended`: for tables whose
  // catalog hands out credentials.
  ConfiguredBuckets(boost::asio::any_io_executor engine, aws::SourceContext context, VendedCredentials& vended,
                    Status way)
      : engine_(std::move(engine)), context_(context), vended_(vended), way_(std::move(way)) {}

  void Use(StoreSettings settings) { settings_ = std::move(settings); }
  // Variables and the shared files are read once for each profile.
  Result<s3::BucketAccess> Find(const Location& location, const StoreLogin& login) override;

 private:
  [[nodiscard]] Result<aws::AwsSettings> ReadVendor(const std::string& profile) const;
  Result<const aws::AwsSettings*> VendorOf(const std::string& profile);
  Result<s3::BucketAddress> AddressOf(const Location& location, const StorePrefix* store,
                                      const aws::AwsSettings& vendor) const;
  Result<std::shared_ptr<s3::RequestSigner>> SignerOf(const std::string& name, const std::string& region);

  const boost::asio::any_io_executor engine_;
  const aws::SourceContext context_;
  VendedCredentials& vended_;
  const Status way_;
  StoreSettings settings_;
  std::map<std::string, aws::AwsSettings> vendors_;                    // by profile
  std::map<std::string, std::shared_ptr<s3::RequestSigner>> signers_;  // by credential
};

}  // namespace lakeferry
