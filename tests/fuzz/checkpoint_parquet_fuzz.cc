// Checkpoint files in Parquet, within a small limit of memory.
#include "base/bytes_access.h"
#include "delta/log_replay.h"
#include "parquet/arrow_checkpoint_reader.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {

namespace {

Result<delta::Snapshot> StateOf(std::string_view input, delta::FileSink& files) {
  delta::LogReplay replay(files, 1);
  const parquet::ArrowCheckpointReader reader(
      {.memory_bytes_max = int64_t{64} << 20, .batch_bytes = int64_t{64} << 10, .batch_rows_max = 16});
  const auto read = reader.Read(BytesAccess(std::string(input)), kWhere, replay.BeginCheckpoint(Version(1)));
  if (!read) {
    LF_CHECK(read.error().code == ErrorCode::kCorruptLog, "damage is called damage");
    return std::unexpected(read.error());
  }
  return std::move(replay).Finish(Version(1), TimeMs());
}

}  // namespace

void Try(std::string_view input) {
  delta::FileTotals files;
  const auto with_files = StateOf(input, files);
  delta::NoFiles none;
  const auto without = StateOf(input, none);
  if (!with_files) return;
  LF_CHECK(without.has_value(), "what can be read with its files can be read without");
  LF_CHECK(without->protocol == with_files->protocol && without->metadata == with_files->metadata &&
               without->txns == with_files->txns && without->domains == with_files->domains,
           "the files make no difference to the rest");
}

}  // namespace lakeferry::fuzz
