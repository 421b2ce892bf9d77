// What `lakeferry check` says of rules by which buckets take away or archive what lies in staging or in a replica.
#pragma once

#include <vector>

#include "async/call.h"
#include "async/task.h"
#include "daemon/wiring/far_stores.h"
#include "plan/group/finding.h"
#include "plan/group/group_spec.h"
#include "plan/record/role.h"

namespace lakeferry {

// Warnings about the group's staging and targets in S3, as whoever writes there may ask; a bucket that does not tell is
// passed over. `stores` outlives the task.
[[nodiscard]] Task<std::vector<plan::Finding>> CheckLifecycle(Call call, FarStores& stores, plan::GroupSpec group,
                                                              Role role);

// What one rule means for a place: "staging location of group 'g'", "target of table t".
[[nodiscard]] plan::Finding FindingOf(const s3::LifecycleRule& rule, std::string_view what, std::string uri);

}  // namespace lakeferry
