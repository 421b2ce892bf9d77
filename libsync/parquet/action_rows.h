// The columns of each kind of action, and a row of them as a value. Made anew for every batch; plain views.
// Make fails with kCorruptLog for a column of the wrong type. Row fills an action, every field of it and whatever is in
// it, so that its memory serves row after row; it fails with kCorruptLog for a required field that is null.
#pragma once

#include <string_view>

#include "parquet/columns.h"
#include "parquet/parsed_stats.h"

namespace lakeferry::parquet {

class DeletionVectorRows {
 public:
  [[nodiscard]] static Result<DeletionVectorRows> Make(std::string_view name, ArrayPtr array);
  [[nodiscard]] Status Row(int64_t row, std::optional<delta::DeletionVector>& dv) const;

 private:
  StructColumn struct_;
  StringColumn storage_type_, path_or_inline_dv_;
  IntegerColumn offset_, size_in_bytes_, cardinality_;
};

class AddRows {
 public:
  [[nodiscard]] static Result<AddRows> Make(const StructColumn& add);
  [[nodiscard]] Status Row(int64_t row, delta::AddFile& add) const;

 private:
  StringColumn path_, stats_, clustering_provider_;
  StringMapColumn partition_values_, tags_;
  IntegerColumn size_, modification_time_, base_row_id_, default_row_commit_version_;
  DeletionVectorRows deletion_vector_;
  ParsedStats parsed_stats_;
};

class RemoveRows {
 public:
  [[nodiscard]] static Result<RemoveRows> Make(const StructColumn& remove);
  [[nodiscard]] Status Row(int64_t row, delta::RemoveFile& remove) const;

 private:
  StringColumn path_, stats_;
  IntegerColumn deletion_timestamp_, size_, base_row_id_, default_row_commit_version_;
  BoolColumn extended_file_metadata_;
  StringMapColumn partition_values_, tags_;
  DeletionVectorRows deletion_vector_;
};

class MetadataRows {
 public:
  [[nodiscard]] static Result<MetadataRows> Make(const StructColumn& metadata);
  [[nodiscard]] Status Row(int64_t row, delta::Metadata& metadata) const;

 private:
  StringColumn id_, name_, description_, provider_, schema_string_;
  StringMapColumn options_, configuration_;
  StringListColumn partition_columns_;
  IntegerColumn created_time_;
};

class ProtocolRows {
 public:
  [[nodiscard]] static Result<ProtocolRows> Make(const StructColumn& protocol);
  [[nodiscard]] Status Row(int64_t row, delta::Protocol& protocol) const;

 private:
  IntegerColumn min_reader_version_, min_writer_version_;
  StringListColumn reader_features_, writer_features_;
};

class TxnRows {
 public:
  [[nodiscard]] static Result<TxnRows> Make(const StructColumn& txn);
  [[nodiscard]] Status Row(int64_t row, delta::Txn& txn) const;

 private:
  StringColumn app_id_;
  IntegerColumn version_, last_updated_;
};

class DomainMetadataRows {
 public:
  [[nodiscard]] static Result<DomainMetadataRows> Make(const StructColumn& domain);
  [[nodiscard]] Status Row(int64_t row, delta::DomainMetadata& domain) const;

 private:
  StringColumn domain_, configuration_;
  BoolColumn removed_;
};

class SidecarRows {
 public:
  [[nodiscard]] static Result<SidecarRows> Make(const StructColumn& sidecar);
  [[nodiscard]] Status Row(int64_t row, delta::Sidecar& sidecar) const;

 private:
  StringColumn path_;
  IntegerColumn size_in_bytes_, modification_time_;
};

// checkpointMetadata.version.
class CheckpointMetadataRows {
 public:
  [[nodiscard]] static Result<CheckpointMetadataRows> Make(const StructColumn& checkpoint);
  [[nodiscard]] Status Row(int64_t row, int64_t& version) const;

 private:
  IntegerColumn version_;
};

}  // namespace lakeferry::parquet
