// Policies: what a store's administrator pastes to grant a role the least that it needs. Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/permissions/grants.h"

namespace lakeferry {

struct Policy {
  std::string name;  // "lakeferry-sender", with the credential's name
  std::string text;  // JSON or YAML, ended by a line end
  std::string note;  // what has to be done with it, for people; may be empty
};

// S3: one policy of IAM.
[[nodiscard]] std::vector<Policy> IamPolicies(const GrantSet& set);
// Azure: a role for what is read and one for what is written, where there are both: it is assigned to containers whole.
[[nodiscard]] std::vector<Policy> AzureRoles(const GrantSet& set);
// Google Cloud Storage: likewise, for gcloud; which objects it goes for is a condition of its assignment.
[[nodiscard]] std::vector<Policy> GcsRoles(const GrantSet& set);

// That of the set's service.
[[nodiscard]] std::vector<Policy> PoliciesOf(const GrantSet& set);

}  // namespace lakeferry
