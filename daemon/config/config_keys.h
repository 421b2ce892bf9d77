// The keys by which a configuration says who may write staging: `signing_key` and `trusted_keys`.
#pragma once

#include "daemon/config/config_reader.h"
#include "plan/document/signed_document.h"

namespace lakeferry {

// What the map sets, and of `inherited` what it does not.
[[nodiscard]] plan::DocumentKeys ReadKeys(ConfigMap& map, const plan::DocumentKeys& inherited);

}  // namespace lakeferry
