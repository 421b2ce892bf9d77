// What is said of a copy that went on where another broke off.
#pragma once

#include <cstdint>
#include <string>

#include "async/call.h"
#include "base/object_path.h"
#include "engine/copy/copy_means.h"
#include "engine/copy/work_meter.h"
#include "env/logger.h"

namespace lakeferry::engine {

// `bytes` of the object, which was copied with `means`, were not sent again: told in the log and to the meter, which
// may be null, counted for the group. 0 where it was copied from its beginning, of which nothing is said.
void NoteResumed(Logger& log, const CopyMeans& means, WorkMeter* meter, const Call& call, const std::string& table,
                 const ObjectPath& path, int64_t bytes);

}  // namespace lakeferry::engine
