#include "storage/gcs/gcs_fault.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "storage/cloud/store_refusal.h"

namespace lakeferry::gcs {
namespace {

// The first that the answer has counts.
constexpr std::array kReasons{
    StoreRefusal{"retentionPolicyNotMet", ErrorCode::kUnauthorized, "the bucket's retention policy holds the object",
                 "wait for the end of its retention, or let the policy be changed"},
    StoreRefusal{"objectUnderActiveHold", ErrorCode::kUnauthorized, "a hold is on the object",
                 "release it, if it may go"},
    StoreRefusal{"UserProjectMissing", ErrorCode::kInvalidArgument,
                 "the bucket lets those pay who ask, and no project to pay is named",
                 "use a bucket without requester pays"},
    StoreRefusal{"UserProjectAccountProblem", ErrorCode::kUnauthorized, "the project's billing account is disabled",
                 "enable the project's billing"},
    StoreRefusal{"accountDisabled", ErrorCode::kUnauthorized, "the account or its billing is disabled",
                 "enable the project's billing"},
    StoreRefusal{"vpcServiceControls", ErrorCode::kUnauthorized, "a service perimeter of the organization forbids it",
                 "let the perimeter of VPC Service Controls admit this account or network"},
    StoreRefusal{"organization's policy", ErrorCode::kUnauthorized, "a policy of the organization forbids it",
                 "let the perimeter of VPC Service Controls admit this account or network"},
    StoreRefusal{"Cloud KMS", ErrorCode::kUnauthorized, "the bucket's encryption key cannot be used",
                 "enable the key, and give the storage service's own account the right to use it"},
    StoreRefusal{"doesn't match calculated", ErrorCode::kCorruptData,
                 "what arrived has another checksum than what was sent", ""},
    StoreRefusal{"bucket does not exist", ErrorCode::kInvalidArgument, "the bucket does not exist",
                 "look at its name, and at the endpoint"},
};

StoreRefusal RefusalOf(int status) {
  switch (status) {
    case 404: return {"", ErrorCode::kNotFound, "the object is not there", ""};
    case 401:
      return {"", ErrorCode::kUnauthorized, "the store does not know who asks",
              "look at GOOGLE_APPLICATION_CREDENTIALS or the credential of the configuration, and at the clock of this "
              "machine"};
    case 403:
      return {"", ErrorCode::kUnauthorized, "the store denies it",
              "give the account a role with that permission on the bucket (roles/storage.objectUser has all that is "
              "needed)"};
    case 412: return {"", ErrorCode::kCorruptData, "the object was replaced meanwhile", ""};
    case 301:
    case 302:
    case 307:
    case 308:
      return {"", ErrorCode::kInvalidArgument, "the bucket is reached at another endpoint", "set the store's endpoint"};
    default: break;
  }
  if (const auto common = RefusalOfStatus(status == 408 ? 500 : status))
    return *common;  // it waited, as one that fails does
  return {"", ErrorCode::kInternal, "the store refused it",
          "see what answers at the endpoint: is it Google's storage?"};
}

}  // namespace

bool IsBusy(const GcsReply& reply) {
  const std::string& reason = reply.fault.reason;
  return reply.http.status == 429 || reason == "rateLimitExceeded" || reason == "userRateLimitExceeded";
}

bool IsNoBucket(const GcsReply& reply) {
  return reply.http.status == 404 && reply.fault.message.contains("bucket does not exist");
}

Error ErrorOf(const GcsReply& reply, std::string where) {
  const Fault& fault = reply.fault;
  const auto known = std::ranges::find_if(
      kReasons, [&](const StoreRefusal& one) { return fault.reason == one.word || fault.message.contains(one.word); });
  StoreRefusal refusal = known != kReasons.end() ? *known : RefusalOf(reply.http.status);
  if (IsBusy(reply)) refusal = RefusalOf(429);
  // Who asked, and which permission is missing, stands in the message.
  return AsError(refusal, {.status = reply.http.status, .word = fault.reason, .message = fault.message},
                 std::move(where));
}

}  // namespace lakeferry::gcs
