#include "parquet/action_rows.h"

#include <limits>

#include "parquet/arrow_status.h"

namespace lakeferry::parquet {
namespace {

std::unexpected<Error> IsNull(const char* field) { return CorruptCheckpoint(std::string(field) + " is null", {}); }

// The value of a field that the protocol requires.
template <typename T>
Result<T> Need(std::optional<T> value, const char* field) {
  if (!value) return IsNull(field);
  return std::move(*value);
}

Result<int32_t> Version(const IntegerColumn& column, int64_t row, const char* field) {
  LF_TRY(const int64_t version, Need(column.Value(row), field));
  if (version < 0 || version > std::numeric_limits<int32_t>::max()) {
    return CorruptCheckpoint(std::string(field) + " is no version: " + std::to_string(version), {});
  }
  return static_cast<int32_t>(version);
}

}  // namespace

Result<DeletionVectorRows> DeletionVectorRows::Make(std::string_view name, ArrayPtr array) {
  DeletionVectorRows rows;
  LF_TRY(rows.struct_, StructColumn::Make(name, std::move(array)));
  LF_TRY(rows.storage_type_, rows.struct_.Get<StringColumn>("storageType"));
  LF_TRY(rows.path_or_inline_dv_, rows.struct_.Get<StringColumn>("pathOrInlineDv"));
  LF_TRY(rows.offset_, rows.struct_.Get<IntegerColumn>("offset"));
  LF_TRY(rows.size_in_bytes_, rows.struct_.Get<IntegerColumn>("sizeInBytes"));
  LF_TRY(rows.cardinality_, rows.struct_.Get<IntegerColumn>("cardinality"));
  return rows;
}

Status DeletionVectorRows::Row(int64_t row, std::optional<delta::DeletionVector>& dv) const {
  if (struct_.IsNull(row)) {
    dv.reset();
    return {};
  }
  if (!dv) dv.emplace();
  if (!storage_type_.CopyTo(row, dv->storage_type)) return IsNull("deletionVector.storageType");
  if (!path_or_inline_dv_.CopyTo(row, dv->path_or_inline_dv)) return IsNull("deletionVector.pathOrInlineDv");
  dv->offset = offset_.Value(row);
  LF_TRY(dv->size_in_bytes, Need(size_in_bytes_.Value(row), "deletionVector.sizeInBytes"));
  LF_TRY(dv->cardinality, Need(cardinality_.Value(row), "deletionVector.cardinality"));
  return {};
}

Result<AddRows> AddRows::Make(const StructColumn& add) {
  AddRows rows;
  LF_TRY(rows.path_, add.Get<StringColumn>("path"));
  LF_TRY(rows.partition_values_, add.Get<StringMapColumn>("partitionValues"));
  LF_TRY(rows.size_, add.Get<IntegerColumn>("size"));
  LF_TRY(rows.modification_time_, add.Get<IntegerColumn>("modificationTime"));
  LF_TRY(rows.stats_, add.Get<StringColumn>("stats"));
  LF_TRY(rows.tags_, add.Get<StringMapColumn>("tags"));
  LF_TRY(rows.deletion_vector_, add.Get<DeletionVectorRows>("deletionVector"));
  LF_TRY(rows.base_row_id_, add.Get<IntegerColumn>("baseRowId"));
  LF_TRY(rows.default_row_commit_version_, add.Get<IntegerColumn>("defaultRowCommitVersion"));
  LF_TRY(rows.clustering_provider_, add.Get<StringColumn>("clusteringProvider"));
  LF_TRY(rows.parsed_stats_, add.Get<ParsedStats>("stats_parsed"));
  return rows;
}

Status AddRows::Row(int64_t row, delta::AddFile& add) const {
  if (!path_.CopyTo(row, add.path)) return IsNull("add.path");
  // Spark writes null where the commit had none.
  if (!partition_values_.CopyTo(row, add.partition_values)) add.partition_values.clear();
  LF_TRY(add.size, Need(size_.Value(row), "add.size"));
  LF_TRY(add.modification_time, Need(modification_time_.Value(row), "add.modificationTime"));
  add.data_change = false;
  stats_.CopyTo(row, add.stats);
  if (!add.stats) add.stats = parsed_stats_.Json(row);
  tags_.CopyTo(row, add.tags);
  LF_TRY_OK(deletion_vector_.Row(row, add.deletion_vector));
  add.base_row_id = base_row_id_.Value(row);
  add.default_row_commit_version = default_row_commit_version_.Value(row);
  clustering_provider_.CopyTo(row, add.clustering_provider);
  return {};
}

Result<RemoveRows> RemoveRows::Make(const StructColumn& remove) {
  RemoveRows rows;
  LF_TRY(rows.path_, remove.Get<StringColumn>("path"));
  LF_TRY(rows.deletion_timestamp_, remove.Get<IntegerColumn>("deletionTimestamp"));
  LF_TRY(rows.extended_file_metadata_, remove.Get<BoolColumn>("extendedFileMetadata"));
  LF_TRY(rows.partition_values_, remove.Get<StringMapColumn>("partitionValues"));
  LF_TRY(rows.size_, remove.Get<IntegerColumn>("size"));
  LF_TRY(rows.stats_, remove.Get<StringColumn>("stats"));
  LF_TRY(rows.tags_, remove.Get<StringMapColumn>("tags"));
  LF_TRY(rows.deletion_vector_, remove.Get<DeletionVectorRows>("deletionVector"));
  LF_TRY(rows.base_row_id_, remove.Get<IntegerColumn>("baseRowId"));
  LF_TRY(rows.default_row_commit_version_, remove.Get<IntegerColumn>("defaultRowCommitVersion"));
  return rows;
}

Status RemoveRows::Row(int64_t row, delta::RemoveFile& remove) const {
  if (!path_.CopyTo(row, remove.path)) return IsNull("remove.path");
  remove.deletion_timestamp = deletion_timestamp_.Value(row);
  remove.data_change = false;
  remove.extended_file_metadata = extended_file_metadata_.Value(row).value_or(false);
  partition_values_.CopyTo(row, remove.partition_values);
  remove.size = size_.Value(row);
  stats_.CopyTo(row, remove.stats);
  tags_.CopyTo(row, remove.tags);
  LF_TRY_OK(deletion_vector_.Row(row, remove.deletion_vector));
  remove.base_row_id = base_row_id_.Value(row);
  remove.default_row_commit_version = default_row_commit_version_.Value(row);
  return {};
}

Result<MetadataRows> MetadataRows::Make(const StructColumn& metadata) {
  MetadataRows rows;
  LF_TRY(rows.id_, metadata.Get<StringColumn>("id"));
  LF_TRY(rows.name_, metadata.Get<StringColumn>("name"));
  LF_TRY(rows.description_, metadata.Get<StringColumn>("description"));
  LF_TRY(const StructColumn format, metadata.Get<StructColumn>("format"));
  LF_TRY(rows.provider_, format.Get<StringColumn>("provider"));
  LF_TRY(rows.options_, format.Get<StringMapColumn>("options"));
  LF_TRY(rows.schema_string_, metadata.Get<StringColumn>("schemaString"));
  LF_TRY(rows.partition_columns_, metadata.Get<StringListColumn>("partitionColumns"));
  LF_TRY(rows.created_time_, metadata.Get<IntegerColumn>("createdTime"));
  LF_TRY(rows.configuration_, metadata.Get<StringMapColumn>("configuration"));
  return rows;
}

Status MetadataRows::Row(int64_t row, delta::Metadata& metadata) const {
  LF_TRY(metadata.id, Need(id_.Text(row), "metaData.id"));
  metadata.name = name_.Text(row);
  metadata.description = description_.Text(row);
  metadata.format_provider = provider_.Text(row).value_or(delta::Metadata().format_provider);
  metadata.format_options = options_.NonNull(row);
  metadata.schema_string = schema_string_.Text(row);
  // A table whose partition columns are unknown must not pass for an unpartitioned one.
  LF_TRY(metadata.partition_columns, Need(partition_columns_.Value(row), "metaData.partitionColumns"));
  metadata.created_time = created_time_.Value(row);
  metadata.configuration = configuration_.NonNull(row);
  return {};
}

Result<ProtocolRows> ProtocolRows::Make(const StructColumn& protocol) {
  ProtocolRows rows;
  LF_TRY(rows.min_reader_version_, protocol.Get<IntegerColumn>("minReaderVersion"));
  LF_TRY(rows.min_writer_version_, protocol.Get<IntegerColumn>("minWriterVersion"));
  LF_TRY(rows.reader_features_, protocol.Get<StringListColumn>("readerFeatures"));
  LF_TRY(rows.writer_features_, protocol.Get<StringListColumn>("writerFeatures"));
  return rows;
}

Status ProtocolRows::Row(int64_t row, delta::Protocol& protocol) const {
  LF_TRY(protocol.min_reader_version, Version(min_reader_version_, row, "protocol.minReaderVersion"));
  LF_TRY(protocol.min_writer_version, Version(min_writer_version_, row, "protocol.minWriterVersion"));
  protocol.reader_features = reader_features_.Value(row);
  protocol.writer_features = writer_features_.Value(row);
  return {};
}

Result<TxnRows> TxnRows::Make(const StructColumn& txn) {
  TxnRows rows;
  LF_TRY(rows.app_id_, txn.Get<StringColumn>("appId"));
  LF_TRY(rows.version_, txn.Get<IntegerColumn>("version"));
  LF_TRY(rows.last_updated_, txn.Get<IntegerColumn>("lastUpdated"));
  return rows;
}

Status TxnRows::Row(int64_t row, delta::Txn& txn) const {
  LF_TRY(txn.app_id, Need(app_id_.Text(row), "txn.appId"));
  LF_TRY(txn.version, Need(version_.Value(row), "txn.version"));
  txn.last_updated = last_updated_.Value(row);
  return {};
}

Result<DomainMetadataRows> DomainMetadataRows::Make(const StructColumn& domain) {
  DomainMetadataRows rows;
  LF_TRY(rows.domain_, domain.Get<StringColumn>("domain"));
  LF_TRY(rows.configuration_, domain.Get<StringColumn>("configuration"));
  LF_TRY(rows.removed_, domain.Get<BoolColumn>("removed"));
  return rows;
}

Status DomainMetadataRows::Row(int64_t row, delta::DomainMetadata& domain) const {
  LF_TRY(domain.domain, Need(domain_.Text(row), "domainMetadata.domain"));
  domain.configuration = configuration_.Text(row).value_or("");
  LF_TRY(domain.removed, Need(removed_.Value(row), "domainMetadata.removed"));
  return {};
}

Result<SidecarRows> SidecarRows::Make(const StructColumn& sidecar) {
  SidecarRows rows;
  LF_TRY(rows.path_, sidecar.Get<StringColumn>("path"));
  LF_TRY(rows.size_in_bytes_, sidecar.Get<IntegerColumn>("sizeInBytes"));
  LF_TRY(rows.modification_time_, sidecar.Get<IntegerColumn>("modificationTime"));
  return rows;
}

Status SidecarRows::Row(int64_t row, delta::Sidecar& sidecar) const {
  LF_TRY(sidecar.path, Need(path_.Text(row), "sidecar.path"));
  LF_TRY(sidecar.size_in_bytes, Need(size_in_bytes_.Value(row), "sidecar.sizeInBytes"));
  LF_TRY(sidecar.modification_time, Need(modification_time_.Value(row), "sidecar.modificationTime"));
  return {};
}

Result<CheckpointMetadataRows> CheckpointMetadataRows::Make(const StructColumn& checkpoint) {
  CheckpointMetadataRows rows;
  LF_TRY(rows.version_, checkpoint.Get<IntegerColumn>("version"));
  return rows;
}

Status CheckpointMetadataRows::Row(int64_t row, int64_t& version) const {
  LF_TRY(version, Need(version_.Value(row), "checkpointMetadata.version"));
  return {};
}

}  // namespace lakeferry::parquet
