// What `lakeferry check` says of secrets that end: tokens, shared access signatures and certificates of the
// configuration. Those that are renewed by whoever hands them out (files of workload identities) are not among them.
#pragma once

#include <vector>

#include "daemon/config/config.h"
#include "plan/group/finding.h"

namespace lakeferry {

// Reads them. An error for one that has ended, a warning for one that ends within two weeks; one that cannot be read,
// or does not say when it ends, is passed over: whoever needs it says so. Blocking.
[[nodiscard]] std::vector<plan::Finding> CheckSecrets(const Config& config, TimeMs now);

}  // namespace lakeferry
