// S3Client: one bucket, as requests and what they come to. It addresses, signs, tries again and finds the bucket's
// region; what the requests are for is the store's matter (s3_store.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "env/clock.h"
#include "env/random.h"
#include "http/retry.h"
#include "http/transport.h"
#include "storage/cloud/request_course.h"
#include "storage/s3/bucket_address.h"
#include "storage/s3/s3_request.h"
#include "storage/s3/s3_signer.h"

namespace lakeferry::s3 {

// Used on the engine thread. What it is given by reference outlives it.
class S3Client {
 public:
  struct Parts {
    HttpTransport& http;
    std::shared_ptr<RequestSigner> signer;
    Clock& clock;
    Random& random;
  };
  S3Client(BucketAddress address, Parts parts, RetryRules rules = {})
      : address_(std::move(address)), parts_(std::move(parts)), rules_(rules) {}

  // Any answer that is final, refusals among them: what they mean is the caller's to say (s3_fault.h). Errors: those of
  // HttpTransport::Send, kThrottled and kUnavailable once all attempts are used up; kOutcomeUnknown for conditional
  // writes alone. `body` lives until the task ends.
  Task<Result<S3Reply>> Send(Call call, S3Request request, ReplyBody& body);

  [[nodiscard]] const BucketAddress& address() const { return address_; }
  // The same for a bucket elsewhere in the service.
  [[nodiscard]] std::shared_ptr<S3Client> At(BucketAddress address) const {
    return std::make_shared<S3Client>(std::move(address), parts_, rules_);
  }
  [[nodiscard]] const std::shared_ptr<RequestSigner>& signer() const { return parts_.signer; }
  // The same for somebody else.
  [[nodiscard]] std::shared_ptr<S3Client> As(std::shared_ptr<RequestSigner> signer) const {
    Parts parts = parts_;
    parts.signer = std::move(signer);
    return std::make_shared<S3Client>(address_, parts, rules_);
  }

 private:
  struct Course;
  Task<Result<S3Reply>> Once(Call call, const S3Request& request, ReplyBody& body, Course& course);
  [[nodiscard]] HttpRequest Build(const S3Request& request) const;
  RequestCourse::Next Judge(const Result<S3Reply>& reply, Course& course);
  bool FindRegion(const S3Reply& reply);

  BucketAddress address_;
  Parts parts_;
  RetryRules rules_;
};

}  // namespace lakeferry::s3
