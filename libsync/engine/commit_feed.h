// Reads one commit into a sink, piece by piece: while one group of pieces is read from the store, the one before is
// parsed, each piece on a thread of the pool, and the one before that is handed to the sink, in the order of the text.
#pragma once

#include <string>

#include "delta/commit_json.h"
#include "engine/environment.h"
#include "env/object_store.h"

namespace lakeferry::engine {

// `where` names the object in errors. kCorruptLog as in ReadActions, with the line's number; the store's and the sink's
// errors. The sink is called on threads of the pool, one at a time. Memory: about 10 MB, or a few times the longest
// line.
Task<Status> FeedCommit(const Environment& env, ObjectReader& object, std::string where, delta::ActionSink& sink);

}  // namespace lakeferry::engine
