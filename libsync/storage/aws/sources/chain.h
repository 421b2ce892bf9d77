// The chain of credentials, as AWS's own tools have it: whatever variables, profiles and machine say at the moment at
// which credentials are asked for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <optional>
#include <string>

#include "storage/aws/credentials.h"
#include "storage/aws/sources/plan.h"
#include "storage/aws/sources/source_context.h"
#include "storage/cloud/refreshing.h"

namespace lakeferry::aws {

// What a plan comes to; every error begins with where the credentials were to come from. On the engine thread.
Task<Result<Credentials>> Obtain(Call call, SourceContext context, AwsSettings settings, Plan plan);

// The two shared files of this machine, which need not exist.
Task<Result<Profiles>> ReadProfiles(Call call, Host& host);

struct ChainOptions {
  std::string profile = {};                // empty: as variables have it
  std::optional<Role> role = {};           // assumed on top of what the chain finds
  bool anonymous = false;                  // nothing is looked for, and requests are not signed
  std::optional<std::string> region = {};  // of the store, for services that are asked where nothing else names one
};

// Keeps what it finds, and looks anew, files and all, before it ends and when it was distrusted: one look for all who
// ask. Lives on the engine thread; outlives whoever waits.
class CredentialChain final : public CredentialSource {
 public:
  CredentialChain(boost::asio::any_io_executor executor, SourceContext context, ChainOptions options = {});

  Task<Result<Credentials>> Get(Call call) override;
  void Distrust(const Credentials& refused) override;

 private:
  Task<Result<Credentials>> Look(Call call);

  SourceContext context_;
  ChainOptions options_;
  Refreshing<Credentials> kept_;
};

// The same ones, always.
class FixedCredentials final : public CredentialSource {
 public:
  explicit FixedCredentials(Credentials credentials) : credentials_(std::move(credentials)) {}
  Task<Result<Credentials>> Get(Call) override { co_return credentials_; }

 private:
  Credentials credentials_;
};

}  // namespace lakeferry::aws
