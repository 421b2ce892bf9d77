#include "storage/s3/credential_signer.h"

#include <utility>

namespace lakeferry::s3 {

Task<Result<Distrust>> CredentialSigner::Sign(Call call, HttpRequest& request, std::string region,
                                              std::string payload_hash) {
  auto credentials = co_await source_->Get(call);
  LF_CO_TRY_OK(credentials);
  aws::Signer& signer = signers_.try_emplace(region, region, "s3").first->second;
  signer.Sign(request, *credentials, clock_.WallTime(), payload_hash);
  co_return [source = source_, used = *std::move(credentials)] { source->Distrust(used); };
}

}  // namespace lakeferry::s3
