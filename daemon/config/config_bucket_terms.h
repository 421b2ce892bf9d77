// The keys of a store that are about S3's own terms: who pays, how new objects are encrypted and retained, which of
// AWS's endpoints is meant.
#pragma once

#include "daemon/config/config_reader.h"
#include "daemon/config/store_settings.h"

namespace lakeferry {

// Into `store`; a problem for each key that does not go with its prefix or its endpoint.
void ReadBucketTerms(ConfigMap& map, StorePrefix& store);

}  // namespace lakeferry
