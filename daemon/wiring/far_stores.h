// FarStores: what a process needs to speak to stores over a network: clients, credentials, adapters.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "daemon/wiring/azure_containers.h"
#include "daemon/wiring/bucket_access.h"
#include "daemon/wiring/google_buckets.h"
#include "daemon/wiring/probe_file.h"
#include "daemon/wiring/upload_file.h"
#include "daemon/wiring/vended_credentials.h"
#include "env/clock.h"
#include "env/random.h"
#include "http/counted_transport.h"
#include "http/http_client.h"
#include "http/load_gate.h"
#include "storage/azure/azure_store_factory.h"
#include "storage/cloud/system_host.h"
#include "storage/gcs/gcs_store_factory.h"
#include "storage/s3/s3_store_factory.h"
#include "storage/store_registry.h"

namespace lakeferry {

// Lives on the engine thread; what it is given outlives it. Touches nothing before a store is used.
class FarStores {
 public:
  FarStores(boost::asio::any_io_executor engine, boost::asio::any_io_executor pool, Clock& clock, Random& random);

  // `metadata_store`: beside it what was found out about stores is kept, and where unfinished uploads go on.
  void Use(StoreSettings settings, std::string metadata_store);
  // Whoever hands out credentials from now on, also after a configuration was read again; outlives this.
  void UseCatalogs(TableCatalogs& catalogs) { vended_.Use(catalogs); }
  // What is known of buckets, by service and bucket.
  [[nodiscard]] std::map<std::string, lakeferry::Probed> Probed() const { return probes_.All(); }
  // Lifecycle rules of the bucket that a location lies in; none of any other kind of store.
  Task<Result<std::vector<s3::LifecycleRule>>> RulesOf(Call call, Location location, std::string credential);
  void AddTo(StoreRegistry& registry);
  // For whatever else is spoken to over the network: the client, that for services of this machine, and the machine.
  [[nodiscard]] HttpTransport& http() { return http_; }
  [[nodiscard]] HttpTransport& metadata() { return metadata_; }
  [[nodiscard]] Host& host() { return host_; }
  // What was asked of stores, since the start.
  [[nodiscard]] const TrafficByService& traffic() const { return counted_.traffic(); }
  // What servers of the network have shown of themselves, whatever they were asked for.
  [[nodiscard]] std::map<Origin, ServerSeen> ServersSeen() const { return http_.seen().All(); }
  // Requests to stores that are held back now.
  [[nodiscard]] int64_t requests_waiting() const { return gate_.waiting(); }
  // Nothing comes back to the engine from here on.
  void Stop();

 private:
  SystemHost host_;
  Result<ProxyRules> proxies_;
  HttpClient http_;
  CountedTransport counted_;  // between the gate and `http_`
  LoadGate gate_;             // between stores and `counted_`
  HttpClient metadata_;       // of services of this machine, which no proxy stands in front of
  VendedCredentials vended_;
  ConfiguredBuckets buckets_;
  ProbeFile probes_;
  UploadFile uploads_;
  s3::S3StoreFactory s3_;
  GoogleBuckets google_;
  gcs::GcsStoreFactory gcs_;
  AzureContainers containers_;
  azure::AzureStoreFactory azure_;
};

}  // namespace lakeferry
