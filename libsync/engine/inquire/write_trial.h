// Whether a place can be written, proved by doing.
#pragma once

#include "engine/environment.h"
#include "env/store_factory.h"

namespace lakeferry::engine {

// Puts a small object of an unused name (base/trial_name.h) at the place, reads it and deletes it again; a root that is
// not there is made. `deletes`: whether this side needs the right to delete; without, an object that may not be deleted
// stays. The store's errors; kCorruptData where another content comes back. `env` must outlive the task.
Task<Status> TryWriting(Call call, const Environment& env, StoreRef ref, bool deletes);

}  // namespace lakeferry::engine
