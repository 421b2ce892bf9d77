#include "storage/azure/azure_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace lakeferry::azure {
namespace {

struct Meaning {
  std::string_view fault;
  ErrorCode code;
  std::string_view message;
  std::string_view remedy;
};

constexpr std::string_view kGiveRights =
    "give the identity the role Storage Blob Data Contributor (to read: Reader) on the container; a new assignment "
    "takes some minutes";

constexpr std::array kMeanings{
    Meaning{"BlobNotFound", ErrorCode::kNotFound, "the blob is not there", ""},
    Meaning{"ResourceNotFound", ErrorCode::kNotFound, "the blob is not there", ""},
    Meaning{"ContainerNotFound", ErrorCode::kInvalidArgument, "the container does not exist",
            "look at its name, and at the account"},
    Meaning{"ContainerBeingDeleted", ErrorCode::kUnavailable, "the container is being deleted",
            "wait until it is gone and make it anew"},
    Meaning{"ContainerDisabled", ErrorCode::kUnauthorized, "the container is disabled", "ask the account's owner"},
    Meaning{"AccountIsDisabled", ErrorCode::kUnauthorized, "the storage account is disabled",
            "look at the subscription's state and its bills"},
    Meaning{"AuthenticationFailed", ErrorCode::kUnauthorized, "the service does not believe who this is",
            "look at the account key, whether the shared access signature is whole and not over, and at this machine's "
            "clock: 15 minutes are the most that it may be wrong"},
    Meaning{"InvalidAuthenticationInfo", ErrorCode::kUnauthorized, "the access token is not valid, or over",
            "look at the credential's tenant and client, and at this machine's clock"},
    Meaning{"NoAuthenticationInformation", ErrorCode::kUnauthorized, "the request says nothing of who sends it",
            "set a credential for the store"},
    Meaning{"AuthorizationPermissionMismatch", ErrorCode::kUnauthorized, "the identity may not do this", kGiveRights},
    Meaning{"AuthorizationFailure", ErrorCode::kUnauthorized, "the identity may not do this, or not from here",
            "look at the account key or the shared access signature, at the account's firewall and private endpoints, "
            "and at the identity's roles"},
    Meaning{"AuthorizationProtocolMismatch", ErrorCode::kUnauthorized,
            "the shared access signature does not allow this protocol", "make one for https"},
    Meaning{"AuthorizationSourceIPMismatch", ErrorCode::kUnauthorized,
            "the shared access signature does not allow this machine's address",
            "make one without a range of addresses"},
    Meaning{"AuthorizationServiceMismatch", ErrorCode::kUnauthorized,
            "the shared access signature is not for the Blob service", "make one with ss=b"},
    Meaning{"AuthorizationResourceTypeMismatch", ErrorCode::kUnauthorized,
            "the shared access signature is not for containers and blobs", "make one with srt=co"},
    Meaning{"InsufficientAccountPermissions", ErrorCode::kUnauthorized, "the identity may not do this", kGiveRights},
    Meaning{"KeyBasedAuthenticationNotPermitted", ErrorCode::kUnauthorized, "the account takes no keys",
            "use a service principal, a managed identity or a workload identity"},
    Meaning{"PublicAccessNotPermitted", ErrorCode::kUnauthorized, "the account allows nobody without credentials",
            "set a credential for the store"},
    Meaning{"AccountRequiresHttps", ErrorCode::kInvalidArgument, "the account takes https alone",
            "write https:// in the endpoint"},
    Meaning{"BlobArchived", ErrorCode::kUnauthorized, "the blob is archived and cannot be read",
            "bring it back to the hot or cool tier, and keep tables out of the archiving rule"},
    Meaning{"BlobBeingRehydrated", ErrorCode::kUnauthorized, "the blob is on its way back from the archive",
            "wait until it is there: that takes hours"},
    Meaning{"BlobImmutableDueToPolicy", ErrorCode::kUnauthorized,
            "an immutability policy or a legal hold keeps the blob as it is",
            "wait until it ends, or take the container out of the policy"},
    Meaning{"LeaseIdMissing", ErrorCode::kUnauthorized, "somebody holds a lease on the blob",
            "end the lease: lakeferry takes none"},
    Meaning{"LeaseLost", ErrorCode::kUnauthorized, "somebody holds a lease on the blob",
            "end the lease: lakeferry takes none"},
    Meaning{"SnapshotsPresent", ErrorCode::kUnauthorized, "the blob has snapshots and may not be deleted",
            "delete them"},
    Meaning{"PendingCopyOperation", ErrorCode::kUnavailable, "a copy into the blob is still going on", ""},
    Meaning{"CannotVerifyCopySource", ErrorCode::kUnauthorized, "the service may not read what it is to copy",
            "give the credential the right to read there"},
    Meaning{"InvalidBlockList", ErrorCode::kUnavailable, "the uploaded blocks were given up in between", ""},
    Meaning{"InvalidBlobOrBlock", ErrorCode::kUnauthorized,
            "others have begun an upload of this name, with other block names",
            "wait a week, or delete what is there of the name"},
    Meaning{"Md5Mismatch", ErrorCode::kCorruptData, "what arrived has another checksum than what was sent", ""},
    Meaning{"Crc64Mismatch", ErrorCode::kCorruptData, "what arrived has another checksum than what was sent", ""},
    Meaning{"InvalidRange", ErrorCode::kCorruptData, "the blob is shorter than it was", ""},
    Meaning{"InvalidBlobType", ErrorCode::kInvalidArgument, "there is a blob of another kind of this name",
            "delete it: lakeferry writes block blobs"},
    Meaning{"ResourceTypeMismatch", ErrorCode::kInvalidArgument, "there is a directory of this name", ""},
    Meaning{"PathIsADirectory", ErrorCode::kInvalidArgument, "there is a directory of this name", ""},
    Meaning{"InvalidResourceName", ErrorCode::kInvalidArgument, "the name is none that Azure allows", ""},
    Meaning{"InvalidUri", ErrorCode::kInvalidArgument, "the name is none that Azure allows", ""},
    Meaning{"FeatureVersionMismatch", ErrorCode::kInvalidArgument, "the service is too old",
            "lakeferry speaks x-ms-version 2021-12-02"},
};

// Where the answer has no code that is known here.
Meaning ByStatus(int status) {
  switch (status) {
    case 404: return {"", ErrorCode::kNotFound, "the blob is not there", ""};
    case 401:
    case 403: return {"", ErrorCode::kUnauthorized, "the store denies it", "look at the credential and its rights"};
    case 412: return {"", ErrorCode::kCorruptData, "the blob was replaced meanwhile", ""};
    case 429:
    case 503: return {"", ErrorCode::kThrottled, "the store asks for fewer requests", ""};
    case 507: return {"", ErrorCode::kOutOfSpace, "the store is full", "make room"};
    default: break;
  }
  if (status >= 500 && status != 501) return {"", ErrorCode::kUnavailable, "the store failed", ""};
  return {"", ErrorCode::kInternal, "the store refused it", "see what answers at the endpoint: is it a Blob service?"};
}

}  // namespace

Error ErrorOf(const AzureReply& reply, std::string where) {
  const auto known = std::ranges::find(kMeanings, reply.fault.code, &Meaning::fault);
  const Meaning meaning = known != kMeanings.end() ? *known : ByStatus(reply.http.status);
  std::string told = std::to_string(reply.http.status);
  if (!reply.fault.code.empty()) told += " " + reply.fault.code;
  if (!reply.fault.message.empty() && known == kMeanings.end()) told += ": " + reply.fault.message;
  return {.code = meaning.code,
          .message = fmt::format("{} ({})", meaning.message, told),
          .where = std::move(where),
          .remedy = std::string(meaning.remedy)};
}

bool SaysExists(const AzureReply& reply) {
  const std::string& code = reply.fault.code;
  // Whoever may create but not replace, or not yet, is told so in their own words.
  if (code == "BlobAlreadyExists" || code == "UnauthorizedBlobOverwrite" || code == "BlobImmutableDueToPolicy") {
    return true;
  }
  return reply.http.status == 412 && code != "SourceConditionNotMet" && code != "CannotVerifyCopySource";
}

}  // namespace lakeferry::azure
