// What a comparison of live files says of one table.
#pragma once

#include <string>

#include "base/ids.h"
#include "env/state_store.h"

namespace lakeferry::engine {

// What a comparison of a table's live files with those of the epoch came to.
struct LiveSetVerdict {
  std::string table;
  Version version;  // at which they were compared: the replica's, or the source's
  LiveSetResult result = LiveSetResult::kNotChecked;
  std::string reason = {};  // why not the same
  std::string found = {};   // fingerprint of what was found; empty where nothing was
};

}  // namespace lakeferry::engine
