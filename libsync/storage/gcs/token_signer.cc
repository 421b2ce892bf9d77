#include "storage/gcs/token_signer.h"

#include <string>
#include <utility>

namespace lakeferry::gcs {

Task<Result<Distrust>> TokenSigner::Sign(Call call, HttpRequest& request) {
  auto token = co_await source_->Get(call);
  LF_CO_TRY_OK(token);
  if (!token->bearer.empty()) {
    request.headers.Set("Authorization", std::string("Bearer ") + std::string(token->bearer.Reveal()));
  }
  co_return [source = source_, used = *std::move(token)] { source->Distrust(used); };
}

}  // namespace lakeferry::gcs
