// Single sign-on (IAM Identity Center): what a person's login in a browser is good for, until it ends.
#pragma once

#include "async/call.h"
#include "storage/aws/sources/plan.h"
#include "storage/aws/sources/source_context.h"

namespace lakeferry::aws {

// The token that `aws sso login` has left in its cache, read now, for credentials of the role. kUnauthorized with that
// command where there is none, or it has ended.
Task<Result<Credentials>> SsoCredentials(Call call, SourceContext context, AwsSettings settings, SsoRole role);

}  // namespace lakeferry::aws
