// Where the change of a table since a base keeps what its file actions only carry on. A commit may hold tags and
// statistics by the hundred MiB; what the net of many commits is decided by is some hundred bytes a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "delta/commit_collector.h"
#include "engine/spill/spilled_bytes.h"

namespace lakeferry::engine {

// Of one file's path and vector together.
inline constexpr size_t kFileNameBytesMax = size_t{64} << 10;

// Counts the file actions of a range of commits. Put is called by whoever reads a commit, on the engine's thread or on
// one of a pool: kUnsupportedTable for a name beyond kFileNameBytesMax, and for more than Limits::changed_files_max
// actions, which makes it full.
class RangeShelf : public delta::ActionShelf {
 public:
  explicit RangeShelf(const Limits& limits) : limits_(limits) {}

  // There are more file actions than are held: the table has to go over whole.
  [[nodiscard]] bool full() const { return files_ > limits_.changed_files_max; }
  // As if nothing had been put; from now on nothing stays in the actions that is worth a place in scratch.
  virtual void BeginAnew() { files_ = 0; }

 protected:
  Status Count(const std::string& path, const std::optional<delta::DeletionVector>& vector);
  [[nodiscard]] const Limits& limits() const { return limits_; }

 private:
  const Limits& limits_;
  int64_t files_ = 0;
};

// For clones, which carry file actions on. What they carry stays in them up to Limits::carried_bytes, so that most
// changes need no scratch. `env` must outlive it.
class SpilledActions final : public RangeShelf {
 public:
  explicit SpilledActions(const Environment& env)
      : RangeShelf(env.limits), lines_(env), kept_max_(env.limits.carried_bytes) {}

  // The scratch's errors, too.
  Result<int64_t> Put(delta::AddFile& add) override;
  Result<int64_t> Put(delta::RemoveFile& remove) override;
  // A clone has no change files.
  Result<bool> Wants(delta::AddCdcFile& /*cdc*/) override { return false; }
  void BeginAnew() override;

  // Gives the action, which may have another name by now, what was taken out of it; nothing for a place below 0.
  // Blocking: called on a pool. The scratch's errors.
  Status Restore(int64_t place, delta::AddFile& add) const;
  Status Restore(int64_t place, delta::RemoveFile& remove) const;

 private:
  // Of the one action that lies there.
  Status ReadAt(int64_t place, delta::ActionSink& sink) const;
  template <typename Action>
  Result<int64_t> PutAny(Action& action);

  SpilledBytes lines_;  // each behind its length
  size_t kept_max_;
  size_t kept_bytes_ = 0;
};

// For mirrors, which copy commits as they are: what is taken out is not needed again.
class DroppedActions final : public RangeShelf {
 public:
  explicit DroppedActions(const Environment& env) : RangeShelf(env.limits) {}

  Result<int64_t> Put(delta::AddFile& add) override;
  Result<int64_t> Put(delta::RemoveFile& remove) override;
  // A change file counts as the others do.
  Result<bool> Wants(delta::AddCdcFile& cdc) override;
};

}  // namespace lakeferry::engine
