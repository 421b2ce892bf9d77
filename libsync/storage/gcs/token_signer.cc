#include "storage/gcs/token_signer.h"

#include <string>
#include <utility>

namespace lakeferry::gcs {

Task<Status> TokenSigner::Sign(Call call, HttpRequest& request) {
  auto token = co_await source_->Get(call);
  LF_CO_TRY_OK(token);
  if (!token->bearer.empty()) {
    request.headers.Set("Authorization", std::string("Bearer ") + std::string(token->bearer.Reveal()));
  }
  last_ = *std::move(token);
  co_return Status();
}

void TokenSigner::Distrust() {
  if (last_) source_->Distrust(*last_);
}

}  // namespace lakeferry::gcs
