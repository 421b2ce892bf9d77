// Checkpoint files in Parquet, within a small limit of memory.
#include "delta/log_replay.h"
#include "parquet/arrow_checkpoint_reader.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/bytes_access.h"

namespace lakeferry::fuzz {

void Try(std::string_view input) {
  delta::FileTotals files;
  delta::LogReplay replay(files, 1);
  const parquet::ArrowCheckpointReader reader(
      {.memory_bytes_max = int64_t{64} << 20, .batch_bytes = int64_t{64} << 10, .batch_rows_max = 16});
  const auto read = reader.Read(BytesAccess(std::string(input)), kWhere, replay.BeginCheckpoint(Version(1)));
  if (!read) LF_CHECK(read.error().code == ErrorCode::kCorruptLog, "damage is called damage");
  static_cast<void>(std::move(replay).Finish(Version(1), TimeMs()));
}

}  // namespace lakeferry::fuzz
