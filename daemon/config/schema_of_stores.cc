// The keys of object stores: as whom they are spoken to, and how they are reached.
#include "daemon/config/config_schema.h"

namespace lakeferry {
namespace {

constexpr ConfigKey kCredentialKeys[] = {
    {"kind", "s3, gcs or azure", "", "What it is for.", true},
    {"access_key_id", "secret", "", "s3; goes with secret_access_key."},
    {"secret_access_key", "secret", "", "s3."},
    {"session_token", "secret", "", "s3; of keys that end."},
    {"profile", "text", "", "s3; of the shared files, in place of keys."},
    {"role_arn", "ARN", "", "s3; assumed on top."},
    {"external_id", "text", "", "s3; goes with role_arn."},
    {"anonymous", "true", "", "Requests are not signed."},
    {"service_account_key", "secret", "", "gcs; a file of any kind that Google's tools take, never a variable."},
    {"account", "text", "", "azure; by default the location's, or that of Azure's own variables."},
    {"account_key", "secret", "", "azure."},
    {"sas_token", "secret", "", "azure; a shared access signature. check warns before it ends."},
    {"tenant_id", "text", "", "azure; of an application of Microsoft Entra, with client_id."},
    {"client_id", "text", "", "azure; of an application, or of one of several managed identities."},
    {"client_secret", "secret", "", "azure; of the application."},
    {"client_certificate", "secret", "",
     "azure; key and certificate of the application, PEM. check warns before it ends."},
    {"federated_token_file", "path", "", "azure; of a workload identity: the token in place of a secret."},
    {"managed_identity", "true", "", "azure; that of this machine."}};

constexpr ConfigKey kStoreKeys[] = {
    {"prefix", "location", "", "For every location that lies in it; the longest counts.", true},
    {"endpoint", "URL", "",
     "By default that of the region. Of Azure the Blob service, with the account as its path "
     "where it stands there."},
    {"region", "text", "", "By default AWS_REGION, the profile's, or as the bucket says."},
    {"path_style", "true or false", "",
     "Whether the bucket stands in the path; by default where there is an endpoint."},
    {"allow_http", "true or false", "false", "Whether an endpoint of http:// is taken that is not on this machine."},
    {"credential", "name", "", "One of credentials; by default as the vendors' variables and files have it."},
    {"dual_stack", "true or false", "",
     "S3: AWS's endpoints for IPv6 and IPv4; by default AWS_USE_DUALSTACK_ENDPOINT."},
    {"fips", "true or false", "", "S3: endpoints with the ciphers of FIPS 140; by default AWS_USE_FIPS_ENDPOINT."},
    {"kms_key_id", "text", "", "S3: the key of aws:kms; by default AWS's own."},
    {"requester_pays", "true or false", "false", "S3: whether who asks pays for requests and bytes."},
    {"object_lock", "map", "", "S3: retention of what is written once; by default the bucket's."},
    {"server_side_encryption", "bucket, AES256, aws:kms or aws:kms:dsse", "bucket",
     "S3: by default as the bucket has it. Keys that come with each request (SSE-C) are not taken."}};

constexpr ConfigKey kObjectLockKeys[] = {
    {"mode", "governance or compliance", "", "Who may lift it: those with the right, or nobody.", true},
    {"days", "number", "", "From the write on."},
    {"until", "time", "", "Or a time that stands: 2027-01-31T00:00:00Z."}};

}  // namespace

const ConfigLevel kCredentialLevel{"a credential", "credentials.<name>", kCredentialKeys};
const ConfigLevel kStoreLevel{"a store", "stores[]", kStoreKeys};
const ConfigLevel kObjectLockLevel{"object_lock", "stores[].object_lock", kObjectLockKeys};

}  // namespace lakeferry
