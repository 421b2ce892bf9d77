// SnapshotBuilder: a snapshot with all its files in memory, from a checkpoint and commits given oldest first, as tests
// like to write them down. It keeps the texts and replays them, newest first, at the end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "delta/log_replay.h"
#include "tests/support/live_files.h"

namespace lakeferry::delta {

struct FullSnapshot : Snapshot {
  LiveFiles files;
  std::vector<RemoveFile> tombstones;
};

class SnapshotBuilder {
 public:
  SnapshotBuilder();
  // Each gives at once the errors that the text alone has, and then keeps nothing of it.
  Status AddCheckpointFile(std::string_view json_text, std::string_view where);
  Status ApplyCommit(Version version, std::string_view text, std::string_view where);
  Status ReadCommitInfo(std::string_view text, std::string_view where);
  // Keeps what it is given for the checkpoint. Valid as long as the builder, also after a move.
  ActionSink& checkpoint_sink();
  [[nodiscard]] const std::vector<Sidecar>& sidecars() const;

  Result<FullSnapshot> Finish(Version version, TimeMs commit_file_time) &&;

 private:
  class Recorder;
  struct Text {
    Version version;
    std::string text;
    std::string where;
  };
  std::shared_ptr<Recorder> checkpoint_;
  std::vector<Text> commits_;
  std::optional<CommitInfo> info_;
};

}  // namespace lakeferry::delta
