// Application Default Credentials of Google, in the order of its own tools: the file of GOOGLE_APPLICATION_CREDENTIALS,
// that of `gcloud auth application-default login`, the metadata service of the machine.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>

#include "storage/cloud/access_token.h"
#include "storage/cloud/refreshing.h"
#include "storage/gcs/credentials/token_services.h"

namespace lakeferry::gcs {

struct TokenOptions {
  std::string key_file = {};  // named by the configuration; empty: the chain looks
  std::string scope = std::string(kScope);
  bool anonymous = false;  // nothing is looked for, and requests carry no token
};

// Keeps what it finds, and looks anew, files and all, before it ends and when it was distrusted: one look for all who
// ask. Lives on the engine thread; outlives whoever waits.
class TokenChain final : public TokenSource {
 public:
  TokenChain(boost::asio::any_io_executor executor, TokenContext context, TokenOptions options = {});

  Task<Result<AccessToken>> Get(Call call) override;
  void Distrust(const AccessToken& refused) override;

 private:
  Task<Result<AccessToken>> Look(Call call);
  Task<Result<AccessToken>> OfFile(Call call, std::string path, Secret text);

  TokenContext context_;
  TokenOptions options_;
  Refreshing<AccessToken> kept_;
};

}  // namespace lakeferry::gcs
