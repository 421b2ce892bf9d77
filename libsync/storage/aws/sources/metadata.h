// Services of the machine itself, which hand out credentials of the role that is attached to it: the metadata service
// of an instance (version 2), the agent of a container.
#pragma once

#include "async/call.h"
#include "storage/aws/sources/plan.h"
#include "storage/aws/sources/source_context.h"

namespace lakeferry::aws {

// A token first, so that nobody who can make us fetch an address gets an answer; then the name of the role; then its
// credentials. kUnauthorized where no role is attached, and where nothing answers within a second.
Task<Result<Credentials>> InstanceCredentials(Call call, SourceContext context, Origin origin);

Task<Result<Credentials>> ContainerCredentials(Call call, SourceContext context, ContainerEndpoint endpoint);

}  // namespace lakeferry::aws
