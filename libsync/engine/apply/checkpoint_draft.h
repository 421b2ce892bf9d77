// CheckpointDraft: a table's state on its way into a checkpoint, as the bytes of a file that nobody sees yet.
//
// It takes the files of a replay, which calls it without waiting for anybody, while a store's writer is a coroutine of
// the engine's thread. So the bytes lie in scratch until the replay has come to its end. Only then is it known that
// they are right: a damaged checkpoint begins the replay anew, and the table's own properties, which say what belongs
// into the file, may come last.
#pragma once

#include <memory>
#include <stop_token>

#include "base/object_path.h"
#include "delta/checkpoint_writer.h"
#include "delta/snapshot.h"
#include "engine/copy/object_stream.h"
#include "engine/environment.h"
#include "engine/spill/spilled_bytes.h"
#include "env/object_store.h"

namespace lakeferry::engine {

// Memory: what the encoder holds, and what SpilledBytes does.
// Errors of all: the encoder's and the scratch's, and kCancelled once `stop` is requested.
class CheckpointDraft final : public delta::FileSink {
 public:
  // Tombstones up to `expired_before_ms` are left out. `env` must outlive the draft.
  CheckpointDraft(const Environment& env, int64_t expired_before_ms, std::stop_token stop);

  Status OnLive(delta::AddFile&& add) override;
  Status OnTombstone(delta::RemoveFile&& remove) override;
  void Restart() override;

  // The state but its files, after the replay; ends the file.
  Task<Result<delta::CheckpointSummary>> Finish(delta::Snapshot snapshot);
  // After Finish: writes the file to the store, unless there is one of that name. The store's errors as well.
  Task<Status> Publish(Call call, ObjectStore& store, ObjectPath path) const;

 private:
  Result<delta::CheckpointSummary> End(delta::Snapshot&& snapshot);
  Status CheckStop() const;
  Task<Status> WriteTo(Call call, ObjectStream& out) const;
  // Takes what the encoder has ready.
  Status Take();

  const Environment& env_;
  int64_t expired_before_ms_;
  std::stop_token stop_;
  std::unique_ptr<delta::CheckpointEncoder> encoder_;
  SpilledBytes bytes_;
};

}  // namespace lakeferry::engine
