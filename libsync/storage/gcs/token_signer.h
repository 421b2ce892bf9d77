// TokenSigner: authorizes requests to Google's storage as whoever a source of tokens names at the moment.
#pragma once

#include <memory>

#include "storage/cloud/access_token.h"
#include "storage/gcs/gcs_signer.h"

namespace lakeferry::gcs {

// Used on the engine thread.
class TokenSigner final : public RequestSigner {
 public:
  explicit TokenSigner(std::shared_ptr<TokenSource> source) : source_(std::move(source)) {}

  Task<Result<Distrust>> Sign(Call call, HttpRequest& request) override;

 private:
  const std::shared_ptr<TokenSource> source_;
};

}  // namespace lakeferry::gcs
