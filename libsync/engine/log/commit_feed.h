// Reads commits into a replay, several side by side: while one is handed to the replay others are parsed on threads of
// the pool and read from the store. A large commit goes through the same in pieces.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "base/ids.h"
#include "delta/log_path.h"
#include "delta/log_replay.h"
#include "engine/environment.h"
#include "env/object_store.h"

namespace lakeferry::engine {

// A commit of the log, or another text of actions, opened.
struct OpenCommit {
  std::unique_ptr<OpenObject> object;
  std::string where;  // names it in errors
};

// Feeds the commits, which are ascending, to the replay, the last one first. `open` is called for each, for several at
// a time. kCorruptLog as in ReadActions; what `open`, the store and the replay fail with: of several errors that of the
// newest commit. The replay is called on threads of the pool too, but by one at a time. Memory: a few MiB for each
// of up to eight commits or pieces on their way, and what the longest line takes to be read.
Task<Status> FeedCommits(Call call, const Environment& env, std::span<const std::pair<Version, delta::LogFile>> commits,
                         std::function<Task<Result<OpenCommit>>(Version)> open, delta::LogReplay& replay);

// One of them, to any sink. Errors and memory as above.
Task<Status> FeedCommit(Call call, const Environment& env, OpenCommit commit, delta::ActionSink& sink);

}  // namespace lakeferry::engine
