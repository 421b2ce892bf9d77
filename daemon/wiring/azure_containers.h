// ContainerAccess for Azure's storage: the configuration first, then the variables of Azure's own tools.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "daemon/config/store_settings.h"
#include "daemon/wiring/vended_credentials.h"
#include "storage/azure/azure_settings.h"
#include "storage/azure/azure_store_factory.h"
#include "storage/azure/entra_tokens.h"

namespace lakeferry {

// Used on the engine thread. What it is given outlives it.
class AzureContainers final : public azure::ContainerDirectory {
 public:
  // `way`: an error is told by every Find: the network cannot be reached as it is set up. `vended`: for tables whose
  // catalog hands out credentials.
  AzureContainers(boost::asio::any_io_executor engine, azure::TokenContext context, VendedCredentials& vended,
                  Status way)
      : engine_(std::move(engine)), context_(context), vended_(vended), way_(std::move(way)) {}

  void Use(StoreSettings settings) { settings_ = std::move(settings); }
  // Variables are read once. Their endpoint is for their own account.
  Result<azure::ContainerAccess> Find(const Location& location, const StoreLogin& login) override;

 private:
  using Signer = std::shared_ptr<azure::RequestSigner>;
  Result<const azure::AzureSettings*> Variables();
  Result<const AzureCredential*> CredentialOf(const std::string& name) const;
  // Of a credential of the configuration, or, where that is null, of what the variables say.
  Result<Signer> SignerOf(const std::string& name, const AzureCredential* credential, const std::string& account);
  Result<Signer> MakeSigner(const AzureCredential& credential, const std::string& account);
  Result<Signer> SignerOfVariables(const std::string& account);
  [[nodiscard]] Signer SignerOfIdentity(azure::IdentitySettings identity) const;

  const boost::asio::any_io_executor engine_;
  const azure::TokenContext context_;
  VendedCredentials& vended_;
  const Status way_;
  StoreSettings settings_;
  std::optional<azure::AzureSettings> variables_;
  std::map<std::pair<std::string, std::string>, Signer> signers_;  // by credential and account
};

}  // namespace lakeferry
