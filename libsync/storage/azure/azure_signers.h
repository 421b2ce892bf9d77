// The signers of requests to Azure: by an account's key, by a shared access signature, by a token, and by nobody's.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/secret.h"
#include "env/clock.h"
#include "storage/azure/access_token.h"
#include "storage/azure/azure_signer.h"
#include "storage/azure/credentials/shared_key.h"
#include "storage/azure/read_permission.h"

namespace lakeferry::azure {

// Used on the engine thread. `clock` outlives it.
class KeySigner final : public RequestSigner {
 public:
  // kInvalidArgument where the key is no Base64.
  [[nodiscard]] static Result<std::shared_ptr<KeySigner>> Make(const std::string& account, const Secret& key,
                                                               const Clock& clock);

  Task<Result<Distrust>> Sign(Call call, HttpRequest& request) override;
  // The service takes no other proof of what it is to read than one in the URL: a permission of an hour.
  Task<Status> SignSource(Call call, HttpRequest& request, std::string url, std::string path) override;

 private:
  KeySigner(SharedKey key, ReadPermission permission, const Clock& clock)
      : key_(std::move(key)), permission_(std::move(permission)), clock_(clock) {}

  SharedKey key_;
  ReadPermission permission_;
  const Clock& clock_;
};

class SasSigner final : public RequestSigner {
 public:
  // The token as the portal shows it, with or without '?'; empty: requests say nothing of who sends them.
  explicit SasSigner(Secret token) : token_(std::move(token)) {}

  Task<Result<Distrust>> Sign(Call call, HttpRequest& request) override;
  Task<Status> SignSource(Call call, HttpRequest& request, std::string url, std::string path) override;

 private:
  // Behind what is there.
  [[nodiscard]] std::string With(std::string url) const;

  const Secret token_;
};

class TokenSigner final : public RequestSigner {
 public:
  explicit TokenSigner(std::shared_ptr<TokenSource> source) : source_(std::move(source)) {}

  Task<Result<Distrust>> Sign(Call call, HttpRequest& request) override;
  Task<Status> SignSource(Call call, HttpRequest& request, std::string url, std::string path) override;

 private:
  const std::shared_ptr<TokenSource> source_;
};

}  // namespace lakeferry::azure
