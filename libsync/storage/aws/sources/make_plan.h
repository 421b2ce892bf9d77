// Where credentials are to come from, decided from variables and profiles alone in the order of AWS's own tools. Pure:
// nothing is asked of anybody yet, and an error says what is set up wrong.
//
//   1 AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
//   2 the profile's role_arn, on top of its source_profile or credential_source
//   3 AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, or the profile's
//   4 the profile's sso_session, or sso_start_url
//   5 the profile's keys in the credentials file
//   6 the profile's credential_process
//   7 the profile's keys in the config file
//   8 AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, or _FULL_URI
//   9 the instance's metadata service
#pragma once

#include "storage/aws/sources/plan.h"

namespace lakeferry::aws {

// kInvalidArgument for what contradicts itself or lacks a half, naming variable or key; for mfa_serial and
// login_session, which need a person. kUnauthorized where there is nothing and the metadata service is switched off,
// with all that was looked for.
[[nodiscard]] Result<Plan> MakePlan(const Environ& environ, const SecretEnviron& secrets, const Profiles& profiles,
                                    const AwsSettings& settings);

}  // namespace lakeferry::aws
