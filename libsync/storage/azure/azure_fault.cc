#include "storage/azure/azure_fault.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "storage/cloud/store_refusal.h"

namespace lakeferry::azure {
namespace {

constexpr std::string_view kGiveRights =
    "give the identity the role Storage Blob Data Contributor (to read: Reader) on the container; a new assignment "
    "takes some minutes";

constexpr std::array kRefusals{
    StoreRefusal{"BlobNotFound", ErrorCode::kNotFound, "the blob is not there", ""},
    StoreRefusal{"ResourceNotFound", ErrorCode::kNotFound, "the blob is not there", ""},
    StoreRefusal{"ContainerNotFound", ErrorCode::kInvalidArgument, "the container does not exist",
                 "look at its name, and at the account"},
    StoreRefusal{"ContainerBeingDeleted", ErrorCode::kUnavailable, "the container is being deleted",
                 "wait until it is gone and make it anew"},
    StoreRefusal{"ContainerDisabled", ErrorCode::kUnauthorized, "the container is disabled", "ask the account's owner"},
    StoreRefusal{"AccountIsDisabled", ErrorCode::kUnauthorized, "the storage account is disabled",
                 "look at the subscription's state and its bills"},
    StoreRefusal{
        "AuthenticationFailed", ErrorCode::kUnauthorized, "the service does not believe who this is",
        "look at the account key, whether the shared access signature is whole and not over, and at this machine's "
        "clock: 15 minutes are the most that it may be wrong"},
    StoreRefusal{"InvalidAuthenticationInfo", ErrorCode::kUnauthorized, "the access token is not valid, or over",
                 "look at the credential's tenant and client, and at this machine's clock"},
    StoreRefusal{"NoAuthenticationInformation", ErrorCode::kUnauthorized, "the request says nothing of who sends it",
                 "set a credential for the store"},
    StoreRefusal{"AuthorizationPermissionMismatch", ErrorCode::kUnauthorized, "the identity may not do this",
                 kGiveRights},
    StoreRefusal{
        "AuthorizationFailure", ErrorCode::kUnauthorized, "the identity may not do this, or not from here",
        "look at the account key or the shared access signature, at the account's firewall and private endpoints, "
        "and at the identity's roles"},
    StoreRefusal{"AuthorizationProtocolMismatch", ErrorCode::kUnauthorized,
                 "the shared access signature does not allow this protocol", "make one for https"},
    StoreRefusal{"AuthorizationSourceIPMismatch", ErrorCode::kUnauthorized,
                 "the shared access signature does not allow this machine's address",
                 "make one without a range of addresses"},
    StoreRefusal{"AuthorizationServiceMismatch", ErrorCode::kUnauthorized,
                 "the shared access signature is not for the Blob service", "make one with ss=b"},
    StoreRefusal{"AuthorizationResourceTypeMismatch", ErrorCode::kUnauthorized,
                 "the shared access signature is not for containers and blobs", "make one with srt=co"},
    StoreRefusal{"InsufficientAccountPermissions", ErrorCode::kUnauthorized, "the identity may not do this",
                 kGiveRights},
    StoreRefusal{"KeyBasedAuthenticationNotPermitted", ErrorCode::kUnauthorized, "the account takes no keys",
                 "use a service principal, a managed identity or a workload identity"},
    StoreRefusal{"PublicAccessNotPermitted", ErrorCode::kUnauthorized, "the account allows nobody without credentials",
                 "set a credential for the store"},
    StoreRefusal{"AccountRequiresHttps", ErrorCode::kInvalidArgument, "the account takes https alone",
                 "write https:// in the endpoint"},
    StoreRefusal{"BlobArchived", ErrorCode::kUnauthorized, "the blob is archived and cannot be read",
                 "bring it back to the hot or cool tier, and keep tables out of the archiving rule"},
    StoreRefusal{"BlobBeingRehydrated", ErrorCode::kUnauthorized, "the blob is on its way back from the archive",
                 "wait until it is there: that takes hours"},
    StoreRefusal{"BlobImmutableDueToPolicy", ErrorCode::kUnauthorized,
                 "an immutability policy or a legal hold keeps the blob as it is",
                 "wait until it ends, or take the container out of the policy"},
    StoreRefusal{"LeaseIdMissing", ErrorCode::kUnauthorized, "somebody holds a lease on the blob",
                 "end the lease: lakeferry takes none"},
    StoreRefusal{"LeaseLost", ErrorCode::kUnauthorized, "somebody holds a lease on the blob",
                 "end the lease: lakeferry takes none"},
    StoreRefusal{"SnapshotsPresent", ErrorCode::kUnauthorized, "the blob has snapshots and may not be deleted",
                 "delete them"},
    StoreRefusal{"PendingCopyOperation", ErrorCode::kUnavailable, "a copy into the blob is still going on", ""},
    StoreRefusal{"CannotVerifyCopySource", ErrorCode::kUnauthorized, "the service may not read what it is to copy",
                 "give the credential the right to read there"},
    StoreRefusal{"InvalidBlockList", ErrorCode::kUnavailable, "the uploaded blocks were given up in between", ""},
    StoreRefusal{"InvalidBlobOrBlock", ErrorCode::kUnauthorized,
                 "others have begun an upload of this name, with other block names",
                 "wait a week, or delete what is there of the name"},
    StoreRefusal{"Md5Mismatch", ErrorCode::kCorruptData, "what arrived has another checksum than what was sent", ""},
    StoreRefusal{"Crc64Mismatch", ErrorCode::kCorruptData, "what arrived has another checksum than what was sent", ""},
    StoreRefusal{"InvalidRange", ErrorCode::kCorruptData, "the blob is shorter than it was", ""},
    StoreRefusal{"InvalidBlobType", ErrorCode::kInvalidArgument, "there is a blob of another kind of this name",
                 "delete it: lakeferry writes block blobs"},
    StoreRefusal{"ResourceTypeMismatch", ErrorCode::kInvalidArgument, "there is a directory of this name", ""},
    StoreRefusal{"PathIsADirectory", ErrorCode::kInvalidArgument, "there is a directory of this name", ""},
    StoreRefusal{"InvalidResourceName", ErrorCode::kInvalidArgument, "the name is none that Azure allows", ""},
    StoreRefusal{"InvalidUri", ErrorCode::kInvalidArgument, "the name is none that Azure allows", ""},
    StoreRefusal{"FeatureVersionMismatch", ErrorCode::kInvalidArgument, "the service is too old",
                 "lakeferry speaks x-ms-version 2021-12-02"},
};

// Where the answer has no code that is known here.
StoreRefusal ByStatus(int status) {
  switch (status) {
    case 404: return {"", ErrorCode::kNotFound, "the blob is not there", ""};
    case 401:
    case 403: return {"", ErrorCode::kUnauthorized, "the store denies it", "look at the credential and its rights"};
    case 412: return {"", ErrorCode::kCorruptData, "the blob was replaced meanwhile", ""};
    default: break;
  }
  if (const auto common = RefusalOfStatus(status)) return *common;
  return {"", ErrorCode::kInternal, "the store refused it", "see what answers at the endpoint: is it a Blob service?"};
}

}  // namespace

Error ErrorOf(const AzureReply& reply, std::string where) {
  const auto known = std::ranges::find(kRefusals, reply.fault.code, &StoreRefusal::word);
  const StoreRefusal refusal = known != kRefusals.end() ? *known : ByStatus(reply.http.status);
  const ToldRefusal told{.status = reply.http.status,
                         .word = reply.fault.code,
                         .message = known == kRefusals.end() ? std::string_view(reply.fault.message) : ""};
  return AsError(refusal, told, std::move(where));
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
