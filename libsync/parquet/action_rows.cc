#include "parquet/action_rows.h"

#include <limits>

#include "parquet/arrow_status.h"

namespace lakeferry::parquet {
namespace {

// The value of a field that the protocol requires.
template <typename T>
Result<T> Need(std::optional<T> value, const char* field) {
  if (!value) return CorruptCheckpoint(std::string(field) + " is null", {});
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

Result<std::optional<delta::DeletionVector>> DeletionVectorRows::Row(int64_t row) const {
  if (struct_.IsNull(row)) return std::nullopt;
  delta::DeletionVector dv;
  LF_TRY(dv.storage_type, Need(storage_type_.Text(row), "deletionVector.storageType"));
  LF_TRY(dv.path_or_inline_dv, Need(path_or_inline_dv_.Text(row), "deletionVector.pathOrInlineDv"));
  dv.offset = offset_.Value(row);
  LF_TRY(dv.size_in_bytes, Need(size_in_bytes_.Value(row), "deletionVector.sizeInBytes"));
  LF_TRY(dv.cardinality, Need(cardinality_.Value(row), "deletionVector.cardinality"));
  return dv;
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

Result<delta::AddFile> AddRows::Row(int64_t row) const {
  delta::AddFile add;
  LF_TRY(add.path, Need(path_.Text(row), "add.path"));
  LF_TRY(add.partition_values, Need(partition_values_.Value(row), "add.partitionValues"));
  LF_TRY(add.size, Need(size_.Value(row), "add.size"));
  LF_TRY(add.modification_time, Need(modification_time_.Value(row), "add.modificationTime"));
  add.data_change = false;
  add.stats = stats_.Text(row);
  if (!add.stats) add.stats = parsed_stats_.Json(row);
  add.tags = tags_.Value(row);
  LF_TRY(add.deletion_vector, deletion_vector_.Row(row));
  add.base_row_id = base_row_id_.Value(row);
  add.default_row_commit_version = default_row_commit_version_.Value(row);
  add.clustering_provider = clustering_provider_.Text(row);
  return add;
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

Result<delta::RemoveFile> RemoveRows::Row(int64_t row) const {
  delta::RemoveFile remove;
  LF_TRY(remove.path, Need(path_.Text(row), "remove.path"));
  remove.deletion_timestamp = deletion_timestamp_.Value(row);
  remove.data_change = false;
  remove.extended_file_metadata = extended_file_metadata_.Value(row).value_or(false);
  remove.partition_values = partition_values_.Value(row);
  remove.size = size_.Value(row);
  remove.stats = stats_.Text(row);
  remove.tags = tags_.Value(row);
  LF_TRY(remove.deletion_vector, deletion_vector_.Row(row));
  remove.base_row_id = base_row_id_.Value(row);
  remove.default_row_commit_version = default_row_commit_version_.Value(row);
  return remove;
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

Result<delta::Metadata> MetadataRows::Row(int64_t row) const {
  delta::Metadata metadata;
  LF_TRY(metadata.id, Need(id_.Text(row), "metaData.id"));
  metadata.name = name_.Text(row);
  metadata.description = description_.Text(row);
  if (auto provider = provider_.Text(row)) metadata.format_provider = std::move(*provider);
  metadata.format_options = options_.NonNull(row);
  LF_TRY(metadata.schema_string, Need(schema_string_.Text(row), "metaData.schemaString"));
  // A table whose partition columns are unknown must not pass for an unpartitioned one.
  LF_TRY(metadata.partition_columns, Need(partition_columns_.Value(row), "metaData.partitionColumns"));
  metadata.created_time = created_time_.Value(row);
  metadata.configuration = configuration_.NonNull(row);
  return metadata;
}

Result<ProtocolRows> ProtocolRows::Make(const StructColumn& protocol) {
  ProtocolRows rows;
  LF_TRY(rows.min_reader_version_, protocol.Get<IntegerColumn>("minReaderVersion"));
  LF_TRY(rows.min_writer_version_, protocol.Get<IntegerColumn>("minWriterVersion"));
  LF_TRY(rows.reader_features_, protocol.Get<StringListColumn>("readerFeatures"));
  LF_TRY(rows.writer_features_, protocol.Get<StringListColumn>("writerFeatures"));
  return rows;
}

Result<delta::Protocol> ProtocolRows::Row(int64_t row) const {
  delta::Protocol protocol;
  LF_TRY(protocol.min_reader_version, Version(min_reader_version_, row, "protocol.minReaderVersion"));
  LF_TRY(protocol.min_writer_version, Version(min_writer_version_, row, "protocol.minWriterVersion"));
  protocol.reader_features = reader_features_.Value(row);
  protocol.writer_features = writer_features_.Value(row);
  return protocol;
}

Result<TxnRows> TxnRows::Make(const StructColumn& txn) {
  TxnRows rows;
  LF_TRY(rows.app_id_, txn.Get<StringColumn>("appId"));
  LF_TRY(rows.version_, txn.Get<IntegerColumn>("version"));
  LF_TRY(rows.last_updated_, txn.Get<IntegerColumn>("lastUpdated"));
  return rows;
}

Result<delta::Txn> TxnRows::Row(int64_t row) const {
  delta::Txn txn;
  LF_TRY(txn.app_id, Need(app_id_.Text(row), "txn.appId"));
  LF_TRY(txn.version, Need(version_.Value(row), "txn.version"));
  txn.last_updated = last_updated_.Value(row);
  return txn;
}

Result<DomainMetadataRows> DomainMetadataRows::Make(const StructColumn& domain) {
  DomainMetadataRows rows;
  LF_TRY(rows.domain_, domain.Get<StringColumn>("domain"));
  LF_TRY(rows.configuration_, domain.Get<StringColumn>("configuration"));
  LF_TRY(rows.removed_, domain.Get<BoolColumn>("removed"));
  return rows;
}

Result<delta::DomainMetadata> DomainMetadataRows::Row(int64_t row) const {
  delta::DomainMetadata domain;
  LF_TRY(domain.domain, Need(domain_.Text(row), "domainMetadata.domain"));
  LF_TRY(domain.configuration, Need(configuration_.Text(row), "domainMetadata.configuration"));
  LF_TRY(domain.removed, Need(removed_.Value(row), "domainMetadata.removed"));
  return domain;
}

Result<SidecarRows> SidecarRows::Make(const StructColumn& sidecar) {
  SidecarRows rows;
  LF_TRY(rows.path_, sidecar.Get<StringColumn>("path"));
  LF_TRY(rows.size_in_bytes_, sidecar.Get<IntegerColumn>("sizeInBytes"));
  LF_TRY(rows.modification_time_, sidecar.Get<IntegerColumn>("modificationTime"));
  return rows;
}

Result<delta::Sidecar> SidecarRows::Row(int64_t row) const {
  delta::Sidecar sidecar;
  LF_TRY(sidecar.path, Need(path_.Text(row), "sidecar.path"));
  LF_TRY(sidecar.size_in_bytes, Need(size_in_bytes_.Value(row), "sidecar.sizeInBytes"));
  LF_TRY(sidecar.modification_time, Need(modification_time_.Value(row), "sidecar.modificationTime"));
  return sidecar;
}

Result<CheckpointMetadataRows> CheckpointMetadataRows::Make(const StructColumn& checkpoint) {
  CheckpointMetadataRows rows;
  LF_TRY(rows.version_, checkpoint.Get<IntegerColumn>("version"));
  return rows;
}

Result<int64_t> CheckpointMetadataRows::Row(int64_t row) const {
  return Need(version_.Value(row), "checkpointMetadata.version");
}

}  // namespace lakeferry::parquet
