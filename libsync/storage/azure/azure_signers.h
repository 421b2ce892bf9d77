// The signers of requests to Azure: by an account's key, by a shared access signature, by a token, and by nobody's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/secret.h"
#include "env/clock.h"
#include "storage/azure/azure_signer.h"
#include "storage/azure/credentials/shared_key.h"
#include "storage/azure/read_permission.h"
#include "storage/cloud/access_token.h"

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

// Used on the engine thread. `clock` outlives it.
class SasSigner final : public RequestSigner {
 public:
  // The token as the portal shows it, with or without '?'; empty: requests say nothing of who sends them.
  SasSigner(Secret token, const Clock& clock);

  // kUnauthorized, without a request, for one that has ended longer ago than any clock may be wrong: the service does
  // not say which of many reasons it has.
  Task<Result<Distrust>> Sign(Call call, HttpRequest& request) override;
  Task<Status> SignSource(Call call, HttpRequest& request, std::string url, std::string path) override;

 private:
  // Behind what is there.
  [[nodiscard]] std::string With(std::string url) const;

  const Secret token_;
  const std::optional<TimeMs> ends_;
  const Clock& clock_;
};

// When a shared access signature ends (`se`); absent where it does not say: a policy of the container does.
[[nodiscard]] std::optional<TimeMs> EndOfSas(std::string_view token);

// One that is made when it is first needed, and anew after it was refused: a file may have been replaced. Used on the
// engine thread.
class LateSigner final : public RequestSigner {
 public:
  using Make = std::function<Result<std::shared_ptr<RequestSigner>>()>;
  explicit LateSigner(Make make) : state_(std::make_shared<State>(std::move(make))) {}

  // Errors of `make`.
  Task<Result<Distrust>> Sign(Call call, HttpRequest& request) override;
  Task<Status> SignSource(Call call, HttpRequest& request, std::string url, std::string path) override;

 private:
  struct State {
    explicit State(Make make_one) : make(std::move(make_one)) {}
    void Drop(const std::shared_ptr<RequestSigner>& refused);
    Make make;
    std::shared_ptr<RequestSigner> made;
  };
  Result<std::shared_ptr<RequestSigner>> Made();

  const std::shared_ptr<State> state_;  // who was handed a Distrust may outlive this
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
