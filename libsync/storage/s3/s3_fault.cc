#include "storage/s3/s3_fault.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "storage/cloud/store_refusal.h"

namespace lakeferry::s3 {
namespace {

constexpr std::string_view kRestore =
    "restore it (aws s3api restore-object, or copy it to another storage class once it is restored), and keep tables "
    "and staging out of lifecycle rules and tiers that archive";

constexpr std::array kRefusals{
    StoreRefusal{"NoSuchKey", ErrorCode::kNotFound, "the object is not there", ""},
    StoreRefusal{"NoSuchBucket", ErrorCode::kInvalidArgument, "the bucket does not exist",
                 "look at its name and its region, and at the endpoint"},
    StoreRefusal{"NoSuchUpload", ErrorCode::kUnavailable, "the upload was given up in between",
                 "see whether a lifecycle rule ends uploads that are still going on"},
    StoreRefusal{"InvalidPart", ErrorCode::kUnavailable, "the upload's parts were changed in between",
                 "another process writes the same object: it is tried again"},
    StoreRefusal{"AccessDenied", ErrorCode::kUnauthorized, "the store denies it",
                 "give the credentials the right, and look at the bucket's policy and its encryption key"},
    StoreRefusal{"AllAccessDisabled", ErrorCode::kUnauthorized, "all access to the bucket is disabled", ""},
    StoreRefusal{"SignatureDoesNotMatch", ErrorCode::kUnauthorized,
                 "the secret access key is not that of the access key id",
                 "look at AWS_SECRET_ACCESS_KEY or the credential of the configuration"},
    StoreRefusal{
        "InvalidAccessKeyId", ErrorCode::kUnauthorized, "the access key id is not known",
        "look at AWS_ACCESS_KEY_ID or the credential of the configuration, and whether it is one of this service"},
    StoreRefusal{"XAdminUserNotFound", ErrorCode::kUnauthorized, "the access key id is not known",
                 "look at AWS_ACCESS_KEY_ID or the credential of the configuration"},
    StoreRefusal{"ExpiredToken", ErrorCode::kUnauthorized, "the session token has expired",
                 "get new credentials, or let lakeferry get them by a role, a profile or instance metadata"},
    StoreRefusal{"InvalidToken", ErrorCode::kUnauthorized, "the session token is not valid",
                 "look at AWS_SESSION_TOKEN: it belongs to one access key id"},
    StoreRefusal{"RequestTimeTooSkewed", ErrorCode::kUnauthorized,
                 "the clock of this machine differs too much from that of the store",
                 "set the clock (chrony, systemd-timesyncd)"},
    StoreRefusal{"InvalidObjectState", ErrorCode::kUnauthorized, "the object is archived and cannot be read", kRestore},
    StoreRefusal{"ObjectNotInActiveTierError", ErrorCode::kUnauthorized, "the object is archived and cannot be copied",
                 kRestore},
    StoreRefusal{"AuthorizationHeaderMalformed", ErrorCode::kInvalidArgument,
                 "the request was signed for another region", "set the region of the store"},
    StoreRefusal{"PermanentRedirect", ErrorCode::kInvalidArgument, "the bucket is reached at another endpoint",
                 "set the endpoint or the region of the store"},
    StoreRefusal{"BadDigest", ErrorCode::kCorruptData, "what arrived has another checksum than what was sent", ""},
    StoreRefusal{"InvalidDigest", ErrorCode::kCorruptData, "what arrived has another checksum than what was sent", ""},
    StoreRefusal{"XAmzContentSHA256Mismatch", ErrorCode::kCorruptData,
                 "what arrived has another checksum than what was sent", ""},
    StoreRefusal{"XMinioStorageFull", ErrorCode::kOutOfSpace, "the store is full", "make room"},
    StoreRefusal{"QuotaExceeded", ErrorCode::kOutOfSpace, "the store's quota is used up", "make room, or raise it"},
    StoreRefusal{"KeyTooLongError", ErrorCode::kInvalidArgument, "the name is longer than the store allows", ""},
    StoreRefusal{"InvalidBucketName", ErrorCode::kInvalidArgument, "the bucket's name is none that S3 allows", ""},
};

// What a code of many uses says in its message.
struct Hint {
  std::string_view fault;
  std::string_view words;  // of the message
  StoreRefusal refusal;
};

constexpr StoreRefusal kRetained{"", ErrorCode::kUnauthorized,
                                 "a retention of the bucket (Object Lock) keeps the object",
                                 "it can be deleted when its retention is over; until then it stays"};

constexpr std::array kHints{
    Hint{"InvalidRequest",
         "Server Side Encryption",
         {"", ErrorCode::kInvalidArgument, "the object is encrypted with a key that its reader has to bring (SSE-C)",
          "lakeferry does not take such keys: store the object with SSE-S3 or SSE-KMS, where the store has the key"}},
    Hint{"InvalidRequest",
         "Object Lock",
         {"", ErrorCode::kInvalidArgument, "the bucket does not take the retention that object_lock asks for",
          "enable Object Lock for the bucket, or remove object_lock of the store"}},
    Hint{"AccessDenied", "object lock", kRetained}, Hint{"InvalidRequest", "WORM", kRetained},  // MinIO
};

// Where the answer has no code: to HEAD there is no body, and others than S3 know none.
StoreRefusal ByStatus(int status) {
  switch (status) {
    case 404: return {"", ErrorCode::kNotFound, "the object is not there", ""};
    case 401:
    case 403:
      return {"", ErrorCode::kUnauthorized, "the store denies it",
              "look at the credentials and their rights; without the right to list, S3 says so of objects that are not "
              "there as well"};
    case 301:
    case 307:
      return {"", ErrorCode::kInvalidArgument, "the bucket is reached at another endpoint",
              "set the region of the store"};
    case 412: return {"", ErrorCode::kCorruptData, "the object was replaced meanwhile", ""};
    default: break;
  }
  if (const auto common = RefusalOfStatus(status)) return *common;
  return {"", ErrorCode::kInternal, "the store refused it", "see what answers at the endpoint: is it an S3 service?"};
}

bool IsBusy(const std::string& code) { return code == "SlowDown" || code == "RequestLimitExceeded"; }

}  // namespace

Error ErrorOf(const S3Reply& reply, std::string where) {
  const auto known = std::ranges::find(kRefusals, reply.fault.code, &StoreRefusal::word);
  const auto hint = std::ranges::find_if(kHints, [&](const Hint& one) {
    return one.fault == reply.fault.code && reply.fault.message.contains(one.words);
  });
  const bool busy = IsBusy(reply.fault.code);
  const StoreRefusal refusal = hint != kHints.end()       ? hint->refusal
                               : busy                     ? ByStatus(503)
                               : known != kRefusals.end() ? *known
                                                          : ByStatus(reply.http.status);
  const ToldRefusal told{.status = reply.http.status,
                         .word = reply.fault.code,
                         .message = known == kRefusals.end() ? std::string_view(reply.fault.message) : ""};
  return AsError(refusal, told, std::move(where));
}

}  // namespace lakeferry::s3
