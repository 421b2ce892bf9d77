// AzureClient: one container, as requests and what they come to. It addresses, signs and tries again; what the requests
// are for is the store's matter (azure_store.h).
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "env/clock.h"
#include "env/random.h"
#include "http/retry.h"
#include "http/transport.h"
#include "storage/azure/azure_request.h"
#include "storage/azure/azure_signer.h"
#include "storage/cloud/request_course.h"

namespace lakeferry::azure {

// What every request says it speaks, so that no answer changes its form.
inline constexpr std::string_view kServiceVersion = "2021-12-02";

// Where a container is reached.
struct ContainerAddress {
  std::string account;
  std::string container;
  Origin endpoint;        // of the Blob service
  std::string base = {};  // "/account" where the account is the first part of the path: emulators
};
// One account: "azure https://account.blob.core.windows.net".
[[nodiscard]] std::string ServiceOf(const ContainerAddress& address);
// What can copy between its own accounts: "azure blob.core.windows.net"; for one whose host is not named by the account
// that alone.
[[nodiscard]] std::string CloudOf(const ContainerAddress& address);

// Used on the engine thread. What it is given by reference outlives it.
class AzureClient {
 public:
  struct Parts {
    HttpTransport& http;
    std::shared_ptr<RequestSigner> signer;
    Clock& clock;
    Random& random;
  };
  AzureClient(ContainerAddress address, Parts parts, RetryRules rules = {})
      : address_(std::move(address)), parts_(std::move(parts)), rules_(rules) {}

  // Any answer that is final, refusals among them: what they mean is the caller's to say (azure_fault.h). Errors: those
  // of HttpTransport::Send, kThrottled and kUnavailable once all attempts are used up; kOutcomeUnknown for conditional
  // writes alone. `body` lives until the task ends.
  Task<Result<AzureReply>> Send(Call call, AzureRequest request, ReplyBody& body);

  [[nodiscard]] const ContainerAddress& address() const { return address_; }
  [[nodiscard]] const std::shared_ptr<RequestSigner>& signer() const { return parts_.signer; }
  // The same for somebody else.
  [[nodiscard]] std::shared_ptr<AzureClient> As(std::shared_ptr<RequestSigner> signer) const {
    Parts parts = parts_;
    parts.signer = std::move(signer);
    return std::make_shared<AzureClient>(address_, parts, rules_);
  }
  [[nodiscard]] Clock& clock() const { return parts_.clock; }
  [[nodiscard]] uint64_t RandomNumber() { return parts_.random.Next(); }

 private:
  struct Course;
  Task<Result<AzureReply>> Once(Call call, const AzureRequest& request, ReplyBody& body, Course& course);
  [[nodiscard]] HttpRequest Build(const Call& call, const AzureRequest& request) const;
  [[nodiscard]] static RequestCourse::Next Judge(const Result<AzureReply>& reply, Course& course);

  const ContainerAddress address_;
  const Parts parts_;
  const RetryRules rules_;
};

}  // namespace lakeferry::azure
