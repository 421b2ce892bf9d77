// Credentials of tables that their catalogs hand out: asked for when a store is used, again before they end, and once
// for all who wait.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "base/location.h"
#include "base/vended_credential.h"
#include "env/clock.h"
#include "env/table_catalog.h"
#include "storage/aws/credentials.h"
#include "storage/azure/azure_signer.h"
#include "storage/cloud/access_token.h"
#include "storage/cloud/refreshing.h"
#include "storage/cloud/store_login.h"

namespace lakeferry {

// Of one place of one table, to read or to write. On the engine thread; outlives whoever waits.
class VendedSource {
 public:
  // `catalogs` and `clock` outlive it.
  VendedSource(boost::asio::any_io_executor engine, const Clock& clock, TableCatalogs& catalogs, Vending vending,
               Location location, bool write);

  // What is good at this moment, of one of the kinds `a` and `b`. kUnauthorized: the catalog hands out none for the
  // table, none of that kind or for another place, or has the table elsewhere by now; kInvalidArgument: nobody is set
  // up to be asked; kUnavailable, kThrottled, kCancelled. Never kNotFound: to a store that is an object.
  Task<Result<VendedCredential>> Get(Call call, VendedKind a, VendedKind b);
  // A server has refused this one.
  void Distrust(const std::shared_ptr<const void>& refused);

 private:
  Task<Result<VendedCredential>> Fetch(Call call);
  Task<Result<VendedCredential>> Ask(Call call);
  [[nodiscard]] Status Check(const VendedCredential& given) const;
  [[nodiscard]] std::unexpected<Error> Unfit(std::string why, std::string remedy) const;

  const Clock& clock_;
  TableCatalogs& catalogs_;
  const Vending vending_;
  const Location location_;
  const bool write_;
  Refreshing<VendedCredential> kept_;
};

// All of a process, each asked for by one source whoever opens the place. On the engine thread.
class VendedCredentials {
 public:
  VendedCredentials(boost::asio::any_io_executor engine, const Clock& clock)
      : engine_(std::move(engine)), clock_(clock) {}

  // Whoever is asked from now on; outlives this. What was handed out before is known to those alone who use it.
  void Use(TableCatalogs& catalogs);
  // kInvalidArgument where there is nobody to ask.
  [[nodiscard]] Result<std::shared_ptr<VendedSource>> Of(const Location& location, const StoreLogin& login);

 private:
  using Key = std::tuple<Vending, std::string, bool>;

  const boost::asio::any_io_executor engine_;
  const Clock& clock_;
  TableCatalogs* catalogs_ = nullptr;
  std::map<Key, std::shared_ptr<VendedSource>> sources_;  // by place, and whether to write
};

// As each service takes them.
class VendedKeys final : public aws::CredentialSource {
 public:
  explicit VendedKeys(std::shared_ptr<VendedSource> source, std::string bucket)
      : source_(std::move(source)), bucket_(std::move(bucket)) {}
  // Those that are good through an access point alone are refused, unless that is the `bucket`.
  Task<Result<aws::Credentials>> Get(Call call) override;
  void Distrust(const aws::Credentials& refused) override { source_->Distrust(refused.hidden); }

 private:
  const std::shared_ptr<VendedSource> source_;
  const std::string bucket_;
};

class VendedTokens final : public TokenSource {
 public:
  explicit VendedTokens(std::shared_ptr<VendedSource> source) : source_(std::move(source)) {}
  Task<Result<AccessToken>> Get(Call call) override;
  void Distrust(const AccessToken& refused) override { source_->Distrust(refused.hidden); }

 private:
  const std::shared_ptr<VendedSource> source_;
};

class VendedSigner final : public azure::RequestSigner {
 public:
  // `clock` outlives it.
  VendedSigner(std::shared_ptr<VendedSource> source, const Clock& clock) : source_(std::move(source)), clock_(clock) {}
  Task<Result<Distrust>> Sign(Call call, HttpRequest& request) override;
  Task<Status> SignSource(Call call, HttpRequest& request, std::string url, std::string path) override;

 private:
  [[nodiscard]] std::shared_ptr<azure::RequestSigner> SignerOf(const VendedCredential& given) const;

  const std::shared_ptr<VendedSource> source_;
  const Clock& clock_;
};

}  // namespace lakeferry
