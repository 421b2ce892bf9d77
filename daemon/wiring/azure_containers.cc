#include "daemon/wiring/azure_containers.h"

#include <fmt/format.h>

#include "http/origin.h"
#include "storage/azure/azure_signers.h"

namespace lakeferry {
namespace {

// Account and endpoint of the variables are its own, where it says no account; all else is not.
azure::AzureSettings SettingsOf(const AzureCredential& credential, const azure::AzureSettings& variables) {
  const bool own = !credential.account.empty();
  return {.account = own ? credential.account : variables.account,
          .bound = own && (credential.account_key || credential.sas_token),
          .endpoint = own ? std::nullopt : variables.endpoint};
}

}  // namespace

Result<const azure::AzureSettings*> AzureContainers::Variables() {
  if (!variables_) {
    LF_TRY(variables_, azure::ReadVariables(context_.host));
  }
  return &*variables_;
}

Result<const AzureCredential*> AzureContainers::CredentialOf(const std::string& name) const {
  if (name.empty()) return nullptr;
  const auto named = settings_.azure_credentials.find(name);
  if (named != settings_.azure_credentials.end()) return &named->second;
  return Fail(ErrorCode::kInvalidArgument, fmt::format("there is no credential {} of kind azure", name), {},
              "define it under credentials: in the configuration");
}

AzureContainers::Signer AzureContainers::SignerOfIdentity(azure::IdentitySettings identity) const {
  return std::make_shared<azure::TokenSigner>(
      std::make_shared<azure::EntraTokens>(engine_, context_, std::move(identity)));
}

Result<AzureContainers::Signer> AzureContainers::MakeSigner(const AzureCredential& credential,
                                                            const std::string& account) {
  const Clock& clock = context_.clock;
  if (credential.anonymous) return std::make_shared<azure::SasSigner>(Secret(), clock);
  if (credential.account_key) {
    return std::make_shared<azure::LateSigner>([key = *credential.account_key, account, &clock]() -> Result<Signer> {
      LF_TRY(const Secret secret, Resolve(key));
      return azure::KeySigner::Make(account, secret, clock);
    });
  }
  if (credential.sas_token) {
    return std::make_shared<azure::LateSigner>([token = *credential.sas_token, &clock]() -> Result<Signer> {
      LF_TRY(Secret secret, Resolve(token));
      return std::make_shared<azure::SasSigner>(std::move(secret), clock);
    });
  }
  LF_TRY(const azure::AzureSettings* variables, Variables());
  azure::IdentitySettings identity{.tenant = credential.tenant_id,
                                   .client = credential.client_id,
                                   .secret = {},
                                   .token_file = credential.federated_token_file,
                                   .authority = variables->identity.authority};
  const bool by_key = credential.client_certificate.has_value();
  const auto& reference = by_key ? credential.client_certificate : credential.client_secret;
  if (!reference) return SignerOfIdentity(std::move(identity));
  return std::make_shared<azure::LateSigner>(
      [this, identity = std::move(identity), by_key, secret = *reference]() -> Result<Signer> {
        azure::IdentitySettings whole = identity;
        LF_TRY((by_key ? whole.certificate : whole.secret), Resolve(secret));
        return SignerOfIdentity(std::move(whole));
      });
}

Result<AzureContainers::Signer> AzureContainers::SignerOfVariables(const std::string& account) {
  LF_TRY(const azure::AzureSettings* variables, Variables());
  if (!variables->account_key.empty()) {
    return azure::KeySigner::Make(account, variables->account_key, context_.clock);
  }
  if (!variables->sas_token.empty()) {
    return std::make_shared<azure::SasSigner>(variables->sas_token, context_.clock);
  }
  return SignerOfIdentity(variables->identity);
}

Result<AzureContainers::Signer> AzureContainers::SignerOf(const std::string& name, const AzureCredential* credential,
                                                          const std::string& account) {
  Signer& signer = signers_[{name, account}];
  if (signer != nullptr) return signer;
  LF_TRY(signer, credential == nullptr ? SignerOfVariables(account) : MakeSigner(*credential, account));
  return signer;
}

Result<azure::ContainerAccess> AzureContainers::Find(const Location& location, const StoreLogin& login) {
  LF_TRY_OK(way_);
  const StorePrefix* store = settings_.Find(location);
  const std::string name = !login.credential.empty() || store == nullptr ? login.credential : store->credential;
  LF_TRY(const AzureCredential* named, CredentialOf(name));
  LF_TRY(const azure::AzureSettings* variables, Variables());
  azure::AzureSettings settings = named == nullptr ? *variables : SettingsOf(*named, *variables);
  if (login.vending) settings.bound = false;  // their key or signature is not sent
  const bool own = store != nullptr && store->endpoint;
  const auto url = own ? store->endpoint : azure::EndpointFor(location, settings);
  std::optional<Url> endpoint;
  if (url) {
    LF_TRY(endpoint, ParseUrl(*url));
    LF_TRY_OK(EndpointOf(*url, store, location));
  }
  azure::ContainerAccess access;
  LF_TRY(access.address, azure::AddressOf(location, settings, endpoint));
  if (login.vending) {
    LF_TRY(auto source, vended_.Of(location, login));
    access.signer = std::make_shared<VendedSigner>(std::move(source), context_.clock);
    access.options.closed = true;
    return access;
  }
  LF_TRY(access.signer, SignerOf(name, named, access.address.account));
  return access;
}

}  // namespace lakeferry
