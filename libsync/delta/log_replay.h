// LogReplay: rebuilds one version of a table from its commits, newest first, and then from the checkpoint they follow
// (protocol: "Action Reconciliation"). Newest first, the first word on a file is the last: a live file is handed on at
// once and not kept, so that memory does not grow with what a file's action holds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "delta/commit_json.h"
#include "delta/snapshot.h"

namespace lakeferry::delta {

class LogReplay {
 public:
  // `files` must outlive the replay. `seed`: drawn by the process, so that no writer of a log can make two files look
  // like one.
  LogReplay(FileSink& files, uint64_t seed);
  ~LogReplay();
  LogReplay(LogReplay&&) noexcept;
  LogReplay& operator=(LogReplay&&) noexcept;

  // Those of every sink below.
  [[nodiscard]] uint64_t file_seed() const;
  [[nodiscard]] bool wants_files() const;

  // The sink for the actions of the next older commit, valid until EndCommit. `where` names the object in errors.
  // Its errors: kCorruptLog as in ParseCommit; those of the FileSink.
  ActionSink& BeginCommit(std::string where);
  void EndCommit();

  // After all commits: the sink for the actions of all files of the checkpoint of `version`. Sidecar references are
  // collected, not followed. Its errors: kCorruptLog for a file named twice, for a second protocol, metaData or
  // checkpointMetadata, and for a checkpointMetadata of another version.
  ActionSink& BeginCheckpoint(Version version);
  [[nodiscard]] const std::vector<Sidecar>& sidecars() const;

  // The commitInfo of the version's own commit, where a checkpoint alone rebuilds it: its time may stand there and
  // nowhere else.
  void SetCommitInfo(std::optional<CommitInfo> info);

  // kCorruptLog where protocol or metaData is missing, a sidecar was named without checkpointMetadata, or in-commit
  // timestamps are on and the version's own commit has none.
  Result<Snapshot> Finish(Version version, TimeMs commit_file_time) &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Keeps the commitInfo and passes over all else.
class CommitInfoSink final : public ActionSink {
 public:
  [[nodiscard]] bool wants_files() const override { return false; }
  Status OnCommitInfo(CommitInfo&& info) override {
    found = std::move(info);
    return {};
  }
  std::optional<CommitInfo> found;
};

}  // namespace lakeferry::delta
