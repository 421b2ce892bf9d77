#include "daemon/wiring/google_buckets.h"

#include <fmt/format.h>

#include <utility>

#include "http/origin.h"
#include "storage/gcs/credentials/chain.h"
#include "storage/gcs/token_signer.h"

namespace lakeferry {
namespace {

// As Google's own libraries read STORAGE_EMULATOR_HOST: with or without a scheme, and whatever path.
std::string EmulatorUrl(const std::string& text) {
  return text.contains("://") ? text : fmt::format("http://{}", text);
}

Result<std::string> PathOf(const SecretRef& key, Host& host) {
  if (key.kind == SecretRef::Kind::kFile) return key.name;
  const auto folder = host.Variable("CREDENTIALS_DIRECTORY");
  if (key.kind == SecretRef::Kind::kCredential && folder) return fmt::format("{}/{}", *folder, key.name);
  return Fail(ErrorCode::kInvalidArgument, "the key of a service account is a file", Describe(key),
              "name it by its path, or as a systemd credential of this service");
}

}  // namespace

Result<std::shared_ptr<gcs::RequestSigner>> GoogleBuckets::SignerOf(const std::string& name) {
  std::shared_ptr<gcs::RequestSigner>& signer = signers_[name];
  if (signer != nullptr) return signer;
  const auto named = settings_.gcs_credentials.find(name);
  if (!name.empty() && named == settings_.gcs_credentials.end()) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("there is no credential {} of kind gcs", name), {},
                "define it under credentials: in the configuration");
  }
  const GcsCredential credential = name.empty() ? GcsCredential{} : named->second;
  gcs::TokenOptions options{.anonymous = credential.anonymous};
  if (credential.service_account_key) {
    LF_TRY(options.key_file, PathOf(*credential.service_account_key, context_.host));
  }
  signer = std::make_shared<gcs::TokenSigner>(std::make_shared<gcs::TokenChain>(engine_, context_, std::move(options)));
  return signer;
}

Result<gcs::BucketAccess> GoogleBuckets::Find(const Location& location, const StoreLogin& login) {
  LF_TRY_OK(way_);
  const StorePrefix* store = settings_.Find(location);
  const std::string name = !login.credential.empty() || store == nullptr ? login.credential : store->credential;
  const auto emulator = context_.host.Variable("STORAGE_EMULATOR_HOST");
  const bool own = store != nullptr && store->endpoint;
  gcs::BucketAccess access{.address = {.bucket = location.bucket(), .endpoint = {}}, .signer = nullptr, .options = {}};
  if (own || emulator) {
    LF_TRY(access.address.endpoint, EndpointOf(own ? *store->endpoint : EmulatorUrl(*emulator), store, location));
  }
  if (login.vending) {
    LF_TRY(auto source, vended_.Of(location, login));
    access.signer = std::make_shared<gcs::TokenSigner>(std::make_shared<VendedTokens>(std::move(source)));
    access.options.closed = true;
  } else if (!own && emulator && name.empty()) {
    access.signer = std::make_shared<gcs::AnonymousSigner>();
  } else {
    LF_TRY(access.signer, SignerOf(name));
  }
  return access;
}

}  // namespace lakeferry
