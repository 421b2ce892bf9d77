// V2 checkpoints in JSON.
#include "delta/snapshot.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {

void Try(std::string_view input) {
  delta::SnapshotBuilder builder;
  if (!builder.AddCheckpointFile(input, kWhere)) return;
  static_cast<void>(builder.ReadCommitInfo(input, kWhere));
  const auto snapshot = std::move(builder).Finish(Version(1), TimeMs());
  if (snapshot) LF_CHECK(snapshot->protocol.min_reader_version >= INT32_MIN, "a snapshot has a protocol");
}

}  // namespace lakeferry::fuzz
