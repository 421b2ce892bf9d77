#include "daemon/wiring/far_stores.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>

namespace lakeferry {
namespace {

std::optional<std::string> Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// As the vendors' tools have it; where none is named, OpenSSL looks at SSL_CERT_FILE and the system's.
std::string CaFile() {
  for (const auto* name : {"AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}) {
    if (auto value = Variable(name); value && !value->empty()) return *std::move(value);
  }
  return {};
}

}  // namespace

FarStores::FarStores(boost::asio::any_io_executor engine, boost::asio::any_io_executor pool, Clock& clock,
                     Random& random)
    : host_(std::move(pool)),
      proxies_(ProxyRules::FromEnvironment(Variable)),
      http_({.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency())),
             .ca_file = CaFile(),
             .proxies = proxies_.value_or(ProxyRules())},
            clock),
      counted_(http_, clock),
      gate_(counted_, clock),
      metadata_({}, clock),
      vended_(engine, clock),
      buckets_(engine, {.http = http_, .metadata = metadata_, .host = host_, .clock = clock}, vended_,
               proxies_ ? Status() : Status(std::unexpected(proxies_.error()))),
      probes_(clock),
      uploads_(clock),
      s3_(engine, buckets_, gate_, probes_, clock, random),
      google_(engine, {.http = http_, .metadata = metadata_, .host = host_, .clock = clock}, vended_,
              proxies_ ? Status() : Status(std::unexpected(proxies_.error()))),
      gcs_(engine, google_, gate_, {.probes = probes_, .uploads = uploads_}, clock, random),
      containers_(engine, {.http = http_, .metadata = metadata_, .host = host_, .clock = clock}, vended_,
                  proxies_ ? Status() : Status(std::unexpected(proxies_.error()))),
      azure_(engine, containers_, gate_, probes_, clock, random) {}

void FarStores::Use(StoreSettings settings, std::string metadata_store) {
  uploads_.Use(metadata_store);
  probes_.Use(std::move(metadata_store));
  google_.Use(settings);
  containers_.Use(settings);
  buckets_.Use(std::move(settings));
}

Task<Result<std::vector<s3::LifecycleRule>>> FarStores::RulesOf(Call call, Location location, std::string credential) {
  const bool s3 = location.scheme() == Scheme::kS3 || location.scheme() == Scheme::kS3a;
  if (!s3) co_return std::vector<s3::LifecycleRule>();
  co_return co_await s3_.RulesOf(std::move(call), std::move(location), std::move(credential));
}

void FarStores::AddTo(StoreRegistry& registry) {
  registry.Add(Scheme::kS3, &s3_);
  registry.Add(Scheme::kS3a, &s3_);
  registry.Add(Scheme::kGs, &gcs_);
  for (const Scheme scheme : {Scheme::kAbfss, Scheme::kWasbs, Scheme::kAz}) registry.Add(scheme, &azure_);
}

void FarStores::Stop() {
  http_.Stop();
  metadata_.Stop();
}

}  // namespace lakeferry
