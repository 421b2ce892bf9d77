// BucketAccess for Google's storage: the configuration first, then Google's own variables and files.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <string>

#include "daemon/config/store_settings.h"
#include "daemon/wiring/vended_credentials.h"
#include "storage/gcs/credentials/token_services.h"
#include "storage/gcs/gcs_store_factory.h"

namespace lakeferry {

// Used on the engine thread. What it is given outlives it.
class GoogleBuckets final : public gcs::BucketDirectory {
 public:
  // `way`: an error is told by every Find: the network cannot be reached as it is set up. `vended`: for tables whose
  // catalog hands out credentials.
  GoogleBuckets(boost::asio::any_io_executor engine, gcs::TokenContext context, VendedCredentials& vended, Status way)
      : engine_(std::move(engine)), context_(context), vended_(vended), way_(std::move(way)) {}

  void Use(StoreSettings settings) { settings_ = std::move(settings); }
  // STORAGE_EMULATOR_HOST means that endpoint, and nobody's name, where the configuration says nothing else.
  Result<gcs::BucketAccess> Find(const Location& location, const StoreLogin& login) override;

 private:
  Result<std::shared_ptr<gcs::RequestSigner>> SignerOf(const std::string& name);

  const boost::asio::any_io_executor engine_;
  const gcs::TokenContext context_;
  VendedCredentials& vended_;
  const Status way_;
  StoreSettings settings_;
  std::map<std::string, std::shared_ptr<gcs::RequestSigner>> signers_;  // by credential
};

}  // namespace lakeferry
