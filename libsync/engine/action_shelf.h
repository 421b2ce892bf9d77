// Where the change of a table since a base keeps what its file actions only carry on. A commit may hold tags and
// statistics by the hundred MiB; what the net of many commits is decided by is some hundred bytes a file.
#pragma once

#include <cstddef>
#include <cstdint>

#include "delta/commit_collector.h"
#include "engine/spilled_bytes.h"

namespace lakeferry::engine {

// Of one file's path and vector together.
inline constexpr size_t kFileNameBytesMax = size_t{64} << 10;

// For clones, which carry file actions on. What they carry stays in them up to Limits::carried_bytes, so that most
// changes need no scratch. `env` must outlive it. Put is called by whoever reads a commit, on the engine's thread or on
// one of a pool.
class SpilledActions final : public delta::ActionShelf {
 public:
  explicit SpilledActions(const Environment& env) : limits_(env.limits), lines_(env) {}

  // kUnsupportedTable for a name beyond kFileNameBytesMax, and for more than Limits::changed_files_max actions, which
  // makes it full; the scratch's errors.
  Result<int64_t> Put(delta::AddFile& add) override;
  Result<int64_t> Put(delta::RemoveFile& remove) override;

  // There are more file actions than are held: the table has to go over whole.
  [[nodiscard]] bool full() const { return files_ > limits_.changed_files_max; }

  // Gives the action, which may have another name by now, what was taken out of it; nothing for a place below 0.
  // Blocking: called on a pool. The scratch's errors.
  Status Restore(int64_t place, delta::AddFile& add) const;
  Status Restore(int64_t place, delta::RemoveFile& remove) const;

 private:
  // Of the one action that lies there.
  Status ReadAt(int64_t place, delta::ActionSink& sink) const;
  template <typename Action>
  Result<int64_t> PutAny(Action& action);

  const Limits& limits_;
  SpilledBytes lines_;  // each behind its length
  size_t kept_bytes_ = 0;
  int64_t files_ = 0;
};

// For mirrors, which copy commits as they are: what is taken out is not needed again.
class DroppedActions final : public delta::ActionShelf {
 public:
  explicit DroppedActions(const Environment& env) : limits_(env.limits) {}

  // As of SpilledActions.
  Result<int64_t> Put(delta::AddFile& add) override;
  Result<int64_t> Put(delta::RemoveFile& remove) override;
  [[nodiscard]] bool full() const { return files_ > limits_.changed_files_max; }

 private:
  const Limits& limits_;
  int64_t files_ = 0;
};

}  // namespace lakeferry::engine
