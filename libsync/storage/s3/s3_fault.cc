#include "storage/s3/s3_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace lakeferry::s3 {
namespace {

struct Meaning {
  std::string_view fault;
  ErrorCode code;
  std::string_view message;
  std::string_view remedy;
};

constexpr std::string_view kRestore =
    "restore it (aws s3api restore-object, or copy it to another storage class once it is restored), and keep tables "
    "and staging out of lifecycle rules and tiers that archive";

constexpr std::array kMeanings{
    Meaning{"NoSuchKey", ErrorCode::kNotFound, "the object is not there", ""},
    Meaning{"NoSuchBucket", ErrorCode::kInvalidArgument, "the bucket does not exist",
            "look at its name and its region, and at the endpoint"},
    Meaning{"NoSuchUpload", ErrorCode::kUnavailable, "the upload was given up in between",
            "see whether a lifecycle rule ends uploads that are still going on"},
    Meaning{"InvalidPart", ErrorCode::kUnavailable, "the upload's parts were changed in between",
            "another process writes the same object: it is tried again"},
    Meaning{"AccessDenied", ErrorCode::kUnauthorized, "the store denies it",
            "give the credentials the right, and look at the bucket's policy and its encryption key"},
    Meaning{"AllAccessDisabled", ErrorCode::kUnauthorized, "all access to the bucket is disabled", ""},
    Meaning{"SignatureDoesNotMatch", ErrorCode::kUnauthorized, "the secret access key is not that of the access key id",
            "look at AWS_SECRET_ACCESS_KEY or the credential of the configuration"},
    Meaning{"InvalidAccessKeyId", ErrorCode::kUnauthorized, "the access key id is not known",
            "look at AWS_ACCESS_KEY_ID or the credential of the configuration, and whether it is one of this service"},
    Meaning{"XAdminUserNotFound", ErrorCode::kUnauthorized, "the access key id is not known",
            "look at AWS_ACCESS_KEY_ID or the credential of the configuration"},
    Meaning{"ExpiredToken", ErrorCode::kUnauthorized, "the session token has expired",
            "get new credentials, or let lakeferry get them by a role, a profile or instance metadata"},
    Meaning{"InvalidToken", ErrorCode::kUnauthorized, "the session token is not valid",
            "look at AWS_SESSION_TOKEN: it belongs to one access key id"},
    Meaning{"RequestTimeTooSkewed", ErrorCode::kUnauthorized,
            "the clock of this machine differs too much from that of the store",
            "set the clock (chrony, systemd-timesyncd)"},
    Meaning{"InvalidObjectState", ErrorCode::kUnauthorized, "the object is archived and cannot be read", kRestore},
    Meaning{"ObjectNotInActiveTierError", ErrorCode::kUnauthorized, "the object is archived and cannot be copied",
            kRestore},
    Meaning{"AuthorizationHeaderMalformed", ErrorCode::kInvalidArgument, "the request was signed for another region",
            "set the region of the store"},
    Meaning{"PermanentRedirect", ErrorCode::kInvalidArgument, "the bucket is reached at another endpoint",
            "set the endpoint or the region of the store"},
    Meaning{"BadDigest", ErrorCode::kCorruptData, "what arrived has another checksum than what was sent", ""},
    Meaning{"InvalidDigest", ErrorCode::kCorruptData, "what arrived has another checksum than what was sent", ""},
    Meaning{"XAmzContentSHA256Mismatch", ErrorCode::kCorruptData,
            "what arrived has another checksum than what was sent", ""},
    Meaning{"XMinioStorageFull", ErrorCode::kOutOfSpace, "the store is full", "make room"},
    Meaning{"QuotaExceeded", ErrorCode::kOutOfSpace, "the store's quota is used up", "make room, or raise it"},
    Meaning{"KeyTooLongError", ErrorCode::kInvalidArgument, "the name is longer than the store allows", ""},
    Meaning{"InvalidBucketName", ErrorCode::kInvalidArgument, "the bucket's name is none that S3 allows", ""},
};

// What a code of many uses says in its message.
struct Hint {
  std::string_view fault;
  std::string_view words;  // of the message
  Meaning meaning;
};

constexpr Meaning kRetained{"", ErrorCode::kUnauthorized, "a retention of the bucket (Object Lock) keeps the object",
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
Meaning ByStatus(int status) {
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
    case 429:
    case 503: return {"", ErrorCode::kThrottled, "the store asks for fewer requests", ""};
    case 507: return {"", ErrorCode::kOutOfSpace, "the store is full", "make room"};
    default: break;
  }
  if (status >= 500 && status != 501) return {"", ErrorCode::kUnavailable, "the store failed", ""};
  return {"", ErrorCode::kInternal, "the store refused it", "see what answers at the endpoint: is it an S3 service?"};
}

bool IsBusy(const std::string& code) { return code == "SlowDown" || code == "RequestLimitExceeded"; }

}  // namespace

Error ErrorOf(const S3Reply& reply, std::string where) {
  const auto known = std::ranges::find(kMeanings, reply.fault.code, &Meaning::fault);
  const auto hint = std::ranges::find_if(kHints, [&](const Hint& one) {
    return one.fault == reply.fault.code && reply.fault.message.contains(one.words);
  });
  const bool busy = IsBusy(reply.fault.code);
  const Meaning meaning = hint != kHints.end()       ? hint->meaning
                          : busy                     ? ByStatus(503)
                          : known != kMeanings.end() ? *known
                                                     : ByStatus(reply.http.status);
  std::string told = std::to_string(reply.http.status);
  if (!reply.fault.code.empty()) told += " " + reply.fault.code;
  if (!reply.fault.message.empty() && known == kMeanings.end()) told += ": " + reply.fault.message;
  return {.code = meaning.code,
          .message = fmt::format("{} ({})", meaning.message, told),
          .where = std::move(where),
          .remedy = std::string(meaning.remedy)};
}

}  // namespace lakeferry::s3
