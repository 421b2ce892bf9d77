// GcsClient: one bucket of Google's storage (JSON API), as requests and what they come to. It addresses, authorizes and
// tries again; what the requests are for is the store's matter (gcs_store.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "env/clock.h"
#include "env/random.h"
#include "http/attempts.h"
#include "http/retry.h"
#include "http/transport.h"
#include "storage/cloud/request_course.h"
#include "storage/gcs/gcs_request.h"
#include "storage/gcs/gcs_signer.h"

namespace lakeferry::gcs {

// Where a bucket is reached.
struct BucketAddress {
  std::string bucket;
  std::optional<Origin> endpoint = {};  // absent: Google's own
};
[[nodiscard]] Origin OriginOf(const BucketAddress& address);
// Google's own, by whatever of its names: one that keeps every condition.
[[nodiscard]] bool IsGoogle(const BucketAddress& address);
// What can copy between its own buckets: "gcs https://storage.googleapis.com".
[[nodiscard]] std::string ServiceOf(const BucketAddress& address);
// Paths of requests: the objects of a bucket, one of them, and those that are being uploaded.
[[nodiscard]] std::string ObjectsPath(const std::string& bucket);
[[nodiscard]] std::string PathOfObject(const std::string& bucket, const std::string& key);
[[nodiscard]] std::string UploadsPath(const std::string& bucket);

// Used on the engine thread. What it is given by reference outlives it.
class GcsClient {
 public:
  struct Parts {
    HttpTransport& http;
    std::shared_ptr<RequestSigner> signer;
    Clock& clock;
    Random& random;
  };
  GcsClient(BucketAddress address, Parts parts, RetryRules rules = {})
      : address_(std::move(address)), parts_(std::move(parts)), rules_(rules) {}

  // Any answer that is final, refusals among them: what they mean is the caller's to say (gcs_fault.h). Errors: those
  // of HttpTransport::Send, kThrottled and kUnavailable once all attempts are used up; kOutcomeUnknown for conditional
  // writes alone. With `once` every answer is final but that a token is over. `body` lives until the task ends.
  Task<Result<GcsReply>> Send(Call call, GcsRequest request, ReplyBody& body);
  // For those who judge by themselves.
  [[nodiscard]] Attempts NewAttempts() const { return {rules_, parts_.clock, parts_.random}; }

  // How long the other side wants to be left alone, where it says that.
  [[nodiscard]] std::optional<Millis> PauseOf(const Headers& headers) const {
    return RetryAfter(headers, parts_.clock.WallTime());
  }

  [[nodiscard]] const BucketAddress& address() const { return address_; }
  [[nodiscard]] const std::shared_ptr<RequestSigner>& signer() const { return parts_.signer; }
  // The same for somebody else.
  [[nodiscard]] std::shared_ptr<GcsClient> As(std::shared_ptr<RequestSigner> signer) const {
    Parts parts = parts_;
    parts.signer = std::move(signer);
    return std::make_shared<GcsClient>(address_, parts, rules_);
  }
  [[nodiscard]] std::string PathOf(const std::string& key) const { return PathOfObject(address_.bucket, key); }

 private:
  struct Course;
  Task<Result<GcsReply>> Once(Call call, const GcsRequest& request, ReplyBody& body, Course& course);
  [[nodiscard]] HttpRequest Build(const GcsRequest& request) const;
  RequestCourse::Next Judge(const GcsRequest& request, const Result<GcsReply>& reply, Course& course);

  const BucketAddress address_;
  Parts parts_;
  RetryRules rules_;
};

}  // namespace lakeferry::gcs
