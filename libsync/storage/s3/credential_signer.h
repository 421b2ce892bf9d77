// CredentialSigner: signs requests to S3 as whoever a source of credentials names at the moment.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "env/clock.h"
#include "storage/aws/credentials.h"
#include "storage/aws/signature.h"
#include "storage/s3/s3_signer.h"

namespace lakeferry::s3 {

// Used on the engine thread. `clock` outlives it.
class CredentialSigner final : public RequestSigner {
 public:
  CredentialSigner(std::shared_ptr<aws::CredentialSource> source, const Clock& clock)
      : source_(std::move(source)), clock_(clock) {}

  Task<Result<Distrust>> Sign(Call call, HttpRequest& request, std::string region, std::string payload_hash) override;

 private:
  const std::shared_ptr<aws::CredentialSource> source_;
  const Clock& clock_;
  std::map<std::string, aws::Signer> signers_;  // by region
};

}  // namespace lakeferry::s3
