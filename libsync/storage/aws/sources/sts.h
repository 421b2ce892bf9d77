// The security token service: a role for keys, or for a token of somebody else's.
#pragma once

#include "async/call.h"
#include "storage/aws/sources/plan.h"
#include "storage/aws/sources/source_context.h"

namespace lakeferry::aws {

// AssumeRole, signed by `by`. Errors of CredentialSource::Get, with what the service gave as its reason.
Task<Result<Credentials>> AssumeRole(Call call, SourceContext context, AwsSettings settings, Role role, Credentials by);
// AssumeRoleWithWebIdentity, signed by nobody; the token is read from its file now.
Task<Result<Credentials>> AssumeRoleWithWebIdentity(Call call, SourceContext context, AwsSettings settings,
                                                    WebIdentity identity);

// Where it is, and for which region requests are signed: AWS_ENDPOINT_URL_STS, else that of the region; the one for all
// where none is known, or as AWS_STS_REGIONAL_ENDPOINTS=legacy has it.
struct StsPlace {
  Url url;
  std::string region;
};
[[nodiscard]] Result<StsPlace> PlaceOfSts(const AwsSettings& settings, std::string_view role_arn);

}  // namespace lakeferry::aws
