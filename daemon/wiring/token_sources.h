// TokenSources of workflow services, and the authorizers that send what they give.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/config/secret_ref.h"
#include "env/clock.h"
#include "http/service/authorizer.h"
#include "http/transport.h"
#include "storage/cloud/access_token.h"
#include "storage/cloud/refreshing.h"

namespace lakeferry {

// A secret of this machine, as it is. Read at the first use, and again when a service refuses it: it may have been
// replaced.
class KeptToken final : public TokenSource {
 public:
  using Read = std::function<Result<Secret>()>;
  explicit KeptToken(Read read) : read_(std::move(read)) {}
  Task<Result<AccessToken>> Get(Call call) override;
  void Distrust(const AccessToken& refused) override;

 private:
  const Read read_;
  std::optional<AccessToken> kept_;
};

// Another source, made at the first use and when what it gave was refused: a secret that it needs is read then.
class LateTokens final : public TokenSource {
 public:
  using Make = std::function<Result<std::shared_ptr<TokenSource>>()>;
  explicit LateTokens(Make make) : make_(std::move(make)) {}
  Task<Result<AccessToken>> Get(Call call) override;
  void Distrust(const AccessToken& refused) override;

 private:
  const Make make_;
  std::shared_ptr<TokenSource> made_;
};

// Of an application that Databricks itself knows: OAuth with client credentials, at `workspace`/oidc/v1/token.
class ApplicationTokens final : public TokenSource {
 public:
  // `http` and `clock` outlive it.
  ApplicationTokens(boost::asio::any_io_executor engine, HttpTransport& http, const Clock& clock, Url workspace,
                    std::string client_id, Secret client_secret);
  Task<Result<AccessToken>> Get(Call call) override;
  void Distrust(const AccessToken& refused) override;

 private:
  Task<Result<AccessToken>> Fetch(Call call);

  HttpTransport& http_;
  const Clock& clock_;
  const Url workspace_;
  const std::string client_id_;
  const Secret client_secret_;
  Refreshing<AccessToken> kept_;
};

// A token that lies in a secret scope of a Databricks workspace. `login`: who reads it there.
class ScopedToken final : public TokenSource {
 public:
  // `http` outlives it.
  ScopedToken(HttpTransport& http, Url workspace, std::string scope, std::string key, std::shared_ptr<Authorizer> login)
      : http_(http),
        workspace_(std::move(workspace)),
        scope_(std::move(scope)),
        key_(std::move(key)),
        login_(std::move(login)) {}
  Task<Result<AccessToken>> Get(Call call) override;
  void Distrust(const AccessToken& refused) override;

 private:
  HttpTransport& http_;
  const Url workspace_;
  const std::string scope_;
  const std::string key_;
  const std::shared_ptr<Authorizer> login_;
  std::optional<AccessToken> kept_;
};

// "Authorization: Bearer …" of what a source gives; `kept` says where that comes from.
[[nodiscard]] std::shared_ptr<Authorizer> BearerOf(std::shared_ptr<TokenSource> source, std::string kept);

// User and password of Airflow: for a token at `airflow`/auth/token where it hands them out (3.x), else as they are
// (2.x). `http` outlives it.
[[nodiscard]] std::shared_ptr<Authorizer> AirflowLogin(HttpTransport& http, Url airflow, std::string user,
                                                       SecretRef password);

}  // namespace lakeferry
