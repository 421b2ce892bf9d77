// EntraTokens: tokens of Microsoft Entra for Azure Storage: of a service principal, of a workload identity, of the
// managed identity of this machine, of whoever is logged in by Azure's own tool.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "env/clock.h"
#include "http/transport.h"
#include "storage/azure/azure_settings.h"
#include "storage/cloud/access_token.h"
#include "storage/cloud/host.h"
#include "storage/cloud/refreshing.h"

namespace lakeferry::azure {

// What it refers to outlives every call.
struct TokenContext {
  HttpTransport& http;
  HttpTransport& metadata;  // for services of this machine, which no proxy stands in front of
  Host& host;
  const Clock& clock;
};

// Asks anew, a workload's file and all, before a token ends and when it was distrusted: once for all who wait. Lives on
// the engine thread; outlives whoever waits.
class EntraTokens final : public TokenSource {
 public:
  EntraTokens(boost::asio::any_io_executor executor, TokenContext context, IdentitySettings identity);

  Task<Result<AccessToken>> Get(Call call) override;
  void Distrust(const AccessToken& refused) override;

 private:
  Task<Result<AccessToken>> Look(Call call);
  Task<Result<AccessToken>> OfTenant(Call call, Secret form, std::string remedy);
  Task<Result<AccessToken>> OfCertificate(Call call);
  Task<Result<AccessToken>> OfWorkload(Call call);
  // By what somebody else, or a key of the client's own, has signed.
  Task<Result<AccessToken>> OfAssertion(Call call, std::string_view assertion, std::string remedy);
  [[nodiscard]] std::string TokenUrl() const;
  Task<Result<AccessToken>> OfMachine(Call call);
  Task<Result<AccessToken>> OfLogin(Call call);
  Task<Result<AccessToken>> Ask(Call call, HttpTransport& http, HttpRequest request, Secret form, std::string remedy);

  const TokenContext context_;
  const IdentitySettings identity_;
  Refreshing<AccessToken> kept_;
  int64_t assertions_ = 0;  // so far
};

}  // namespace lakeferry::azure
