// ArrowCheckpointReader: checkpoints in Parquet (classic, parts, V2 and its sidecars) through Apache Arrow, the only
// folder that knows Arrow. Stateless but for its limits: one reader serves any number of threads at once. A call uses
// the caller's thread alone unless more are permitted, feeds the sink on the caller's and in the order of the file, and
// holds a page of each column and a batch of rows, never the whole file or table.
#pragma once

#include <cstdint>

#include "delta/checkpoint_reader.h"

namespace lakeferry::parquet {

struct CheckpointLimits {
  // What Arrow may allocate for one file: its footer, pages, dictionaries and one batch.
  int64_t memory_bytes_max = int64_t{256} << 20;
  // About as many bytes of decoded columns make one batch, but never more rows than `batch_rows_max`: what stays in the
  // processor's cache, and in the heap, is read fastest.
  int64_t batch_bytes = int64_t{1} << 20;
  int64_t batch_rows_max = 2048;
  // So many threads of its own may a call have that decode row groups ahead of the caller's, which then only feeds the
  // sink. At most one less than there are row groups; each takes a few MiB.
  int threads_ahead = 0;
};

class ArrowCheckpointReader final : public delta::CheckpointReader {
 public:
  explicit ArrowCheckpointReader(CheckpointLimits limits = {}) : limits_(limits) {}

  // As the interface says. Also kCorruptLog: fewer rows than the footer counts, a page whose checksum is wrong, text
  // that is no UTF-8, more memory needed than the limit, a thousand times its size once decoded. dataChange is false in
  // what it gives; an add without `stats` gets numRecords, nullCount and tightBounds from stats_parsed.
  Status Read(const RandomAccess& file, std::string_view where, delta::ActionSink& sink) const override;

 private:
  CheckpointLimits limits_;
};

}  // namespace lakeferry::parquet
