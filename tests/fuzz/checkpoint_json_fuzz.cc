// V2 checkpoints in JSON.
#include "delta/log_replay.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {

void Try(std::string_view input) {
  delta::FileTotals files;
  delta::LogReplay replay(files, 1);
  if (!ReadActions(input, kWhere, replay.BeginCheckpoint(Version(1)))) return;
  delta::CommitInfoSink info;
  if (ReadActions(input, kWhere, info)) replay.SetCommitInfo(std::move(info.found));
  const auto snapshot = std::move(replay).Finish(Version(1), TimeMs());
  if (snapshot) LF_CHECK(snapshot->protocol.min_reader_version >= INT32_MIN, "a snapshot has a protocol");
}

}  // namespace lakeferry::fuzz
