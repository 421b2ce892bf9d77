// ArrowCheckpointWriter: classic checkpoints through Apache Arrow, as Spark writes them: the protocol's columns by
// Spark's names and types, Snappy, pages with checksums. Stateless but for its limits: one writer serves any number of
// threads. An encoder holds one batch of rows and the compressed pages of one row group, however large the table is.
#pragma once

#include <cstdint>
#include <memory>

#include "delta/checkpoint_writer.h"

namespace lakeferry::parquet {

struct CheckpointSizes {
  // A batch is encoded when it has so many rows, or about so many bytes.
  int64_t batch_rows = 8192;
  int64_t batch_bytes = int64_t{8} << 20;
  // A row group is ended after the batch that brings it to so many rows, or about so many bytes before compression.
  int64_t group_rows = int64_t{64} << 10;
  int64_t group_bytes = int64_t{32} << 20;
};

class ArrowCheckpointWriter final : public delta::CheckpointWriter {
 public:
  explicit ArrowCheckpointWriter(CheckpointSizes sizes = {}) : sizes_(sizes) {}

  [[nodiscard]] std::unique_ptr<delta::CheckpointEncoder> Begin() const override;

 private:
  CheckpointSizes sizes_;
};

}  // namespace lakeferry::parquet
