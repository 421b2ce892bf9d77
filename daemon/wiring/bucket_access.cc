#include "daemon/wiring/bucket_access.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/wiring/configured_keys.h"
#include "storage/aws/sources/chain.h"
#include "storage/cloud/host.h"
#include "storage/cloud/secret_sources.h"
#include "storage/s3/credential_signer.h"

namespace lakeferry {
namespace {

// Buckets of AWS that stand elsewhere say so.
constexpr std::string_view kRegionFirst = "us-east-1";

Result<Secret> ReadOptional(const std::string& path) {
  if (path.empty()) return Secret();
  auto text = ReadSecretFile(path, kHostFileBytesMax);
  if (!text && text.error().code == ErrorCode::kNotFound) return Secret();
  return text;
}

// Keys of its own, as `credentials` says them.
Result<aws::ChainOptions> OptionsOf(const S3Credential& credential, const std::string& region) {
  aws::ChainOptions options{.profile = credential.profile, .anonymous = credential.anonymous, .region = region};
  if (credential.role_arn.empty()) return options;
  LF_TRY(aws::Role role, aws::MakeRole(credential.role_arn, "lakeferry", "role_arn"));
  role.external_id = credential.external_id;
  options.role = std::move(role);
  return options;
}

}  // namespace

Result<aws::AwsSettings> ConfiguredBuckets::ReadVendor(const std::string& profile) const {
  const Environ environ = [this](const std::string& name) { return context_.host.Variable(name); };
  aws::ProfilePaths paths = aws::PathsOf(environ);
  LF_TRY(Secret config, ReadOptional(paths.config));
  LF_TRY(Secret credentials, ReadOptional(paths.credentials));
  LF_TRY(const aws::Profiles profiles,
         aws::Profiles::Parse(std::move(config), std::move(credentials), std::move(paths)));
  return aws::ReadSettings(environ, profiles, profile);
}

// Stores are opened again and again, and where they are does not change meanwhile.
Result<const aws::AwsSettings*> ConfiguredBuckets::VendorOf(const std::string& profile) {
  const auto known = vendors_.find(profile);
  if (known != vendors_.end()) return &known->second;
  LF_TRY(aws::AwsSettings settings, ReadVendor(profile));
  return &vendors_.emplace(profile, std::move(settings)).first->second;
}

Result<s3::BucketAddress> ConfiguredBuckets::AddressOf(const Location& location, const StorePrefix* store,
                                                       const aws::AwsSettings& vendor) const {
  s3::BucketAddress address{.bucket = location.bucket(), .region = std::string(kRegionFirst)};
  if (vendor.region) address.region = *vendor.region;
  if (store != nullptr && store->region) address.region = *store->region;
  const bool own = store != nullptr && store->endpoint;
  const std::optional<std::string>& endpoint = own ? store->endpoint : vendor.endpoint_s3;
  if (endpoint) {
    LF_TRY(address.endpoint, EndpointOf(*endpoint, store, location));
  }
  // A name with dots is under no certificate of AWS's.
  address.path_style = address.endpoint || address.bucket.contains('.');
  if (store != nullptr && store->path_style) address.path_style = *store->path_style;
  // An access point is in one region, whatever else is said.
  if (const auto point = ReadAccessPoint(address.bucket)) address.region = point->region;
  address.dual_stack = vendor.use_dualstack;
  address.fips = vendor.use_fips;
  if (store == nullptr) return address;
  address.dual_stack = store->dual_stack.value_or(address.dual_stack);
  address.fips = store->fips.value_or(address.fips);
  address.terms = store->terms;
  return address;
}

Result<std::shared_ptr<s3::RequestSigner>> ConfiguredBuckets::SignerOf(const std::string& name,
                                                                       const std::string& region) {
  std::shared_ptr<s3::RequestSigner>& signer = signers_[name];
  if (signer != nullptr) return signer;
  const auto named = settings_.s3_credentials.find(name);
  if (!name.empty() && named == settings_.s3_credentials.end()) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("there is no credential {}", name), {},
                "define it under credentials: in the configuration");
  }
  const S3Credential credential = name.empty() ? S3Credential{} : named->second;
  std::shared_ptr<aws::CredentialSource> source;
  if (credential.access_key_id) {
    source = std::make_shared<ConfiguredKeys>(credential);
  } else {
    LF_TRY(aws::ChainOptions options, OptionsOf(credential, region));
    source = std::make_shared<aws::CredentialChain>(engine_, context_, std::move(options));
  }
  signer = std::make_shared<s3::CredentialSigner>(std::move(source), context_.clock);
  return signer;
}

Result<s3::BucketAccess> ConfiguredBuckets::Find(const Location& location, const StoreLogin& login) {
  LF_TRY_OK(way_);
  const StorePrefix* store = settings_.Find(location);
  const std::string name = !login.credential.empty() || store == nullptr ? login.credential : store->credential;
  const auto named = settings_.s3_credentials.find(name);
  LF_TRY(const aws::AwsSettings* vendor,
         VendorOf(named == settings_.s3_credentials.end() ? std::string() : named->second.profile));
  s3::BucketAccess access;
  LF_TRY(access.address, AddressOf(location, store, *vendor));
  if (login.vending) {
    LF_TRY(auto source, vended_.Of(location, login));
    access.signer = std::make_shared<s3::CredentialSigner>(
        std::make_shared<VendedKeys>(std::move(source), access.address.bucket), context_.clock);
    access.options.closed = true;
    return access;
  }
  LF_TRY(access.signer, SignerOf(name, access.address.region));
  return access;
}

}  // namespace lakeferry
