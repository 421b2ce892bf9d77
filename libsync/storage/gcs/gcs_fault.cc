#include "storage/gcs/gcs_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace lakeferry::gcs {
namespace {

struct Meaning {
  ErrorCode code;
  std::string_view message;
  std::string_view remedy;
};
struct Told {
  std::string_view text;  // the reason, or a part of the message
  Meaning meaning;
};

// The first that the answer has counts.
constexpr std::array kReasons{
    Told{"retentionPolicyNotMet",
         {ErrorCode::kUnauthorized, "the bucket's retention policy holds the object",
          "wait for the end of its retention, or let the policy be changed"}},
    Told{"objectUnderActiveHold", {ErrorCode::kUnauthorized, "a hold is on the object", "release it, if it may go"}},
    Told{"UserProjectMissing",
         {ErrorCode::kInvalidArgument, "the bucket lets those pay who ask, and no project to pay is named",
          "use a bucket without requester pays"}},
    Told{"UserProjectAccountProblem",
         {ErrorCode::kUnauthorized, "the project's billing account is disabled", "enable the project's billing"}},
    Told{"accountDisabled",
         {ErrorCode::kUnauthorized, "the account or its billing is disabled", "enable the project's billing"}},
    Told{"vpcServiceControls",
         {ErrorCode::kUnauthorized, "a service perimeter of the organization forbids it",
          "let the perimeter of VPC Service Controls admit this account or network"}},
    Told{"organization's policy",
         {ErrorCode::kUnauthorized, "a policy of the organization forbids it",
          "let the perimeter of VPC Service Controls admit this account or network"}},
    Told{"Cloud KMS",
         {ErrorCode::kUnauthorized, "the bucket's encryption key cannot be used",
          "enable the key, and give the storage service's own account the right to use it"}},
    Told{"doesn't match calculated",
         {ErrorCode::kCorruptData, "what arrived has another checksum than what was sent", ""}},
    Told{"bucket does not exist",
         {ErrorCode::kInvalidArgument, "the bucket does not exist", "look at its name, and at the endpoint"}},
};

Meaning MeaningOf(int status) {
  switch (status) {
    case 404: return {ErrorCode::kNotFound, "the object is not there", ""};
    case 401:
      return {ErrorCode::kUnauthorized, "the store does not know who asks",
              "look at GOOGLE_APPLICATION_CREDENTIALS or the credential of the configuration, and at the clock of this "
              "machine"};
    case 403:
      return {ErrorCode::kUnauthorized, "the store denies it",
              "give the account a role with that permission on the bucket (roles/storage.objectUser has all that is "
              "needed)"};
    case 412: return {ErrorCode::kCorruptData, "the object was replaced meanwhile", ""};
    case 429:
    case 503: return {ErrorCode::kThrottled, "the store asks for fewer requests", ""};
    case 507: return {ErrorCode::kOutOfSpace, "the store is full", "make room"};
    case 301:
    case 302:
    case 307:
    case 308:
      return {ErrorCode::kInvalidArgument, "the bucket is reached at another endpoint", "set the store's endpoint"};
    default: break;
  }
  if (status == 408 || (status >= 500 && status != 501)) return {ErrorCode::kUnavailable, "the store failed", ""};
  return {ErrorCode::kInternal, "the store refused it", "see what answers at the endpoint: is it Google's storage?"};
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
      kReasons, [&](const Told& told) { return fault.reason == told.text || fault.message.contains(told.text); });
  Meaning meaning = known != kReasons.end() ? known->meaning : MeaningOf(reply.http.status);
  if (IsBusy(reply)) meaning = MeaningOf(429);
  std::string told = std::to_string(reply.http.status);
  if (!fault.reason.empty()) told += " " + fault.reason;
  // Who asked, and which permission is missing, stands there.
  if (!fault.message.empty()) told += ": " + fault.message;
  return {.code = meaning.code,
          .message = fmt::format("{} ({})", meaning.message, told),
          .where = std::move(where),
          .remedy = std::string(meaning.remedy)};
}

}  // namespace lakeferry::gcs
