// Which fields the actions have in JSON: one table an action, in the protocol's order, for reading and for writing.
// Private to the commit reader and writer; knows no JSON library.
#pragma once

#include <functional>
#include <string_view>
#include <tuple>

#include "delta/action.h"

namespace lakeferry::delta {

enum class Presence {
  kRequired,    // reading fails without it
  kSubject,     // what the action is about: without it, it says nothing
  kOptional,    // written where it has a value
  kOnlyIfTrue,  // a flag left out where it is false
};

// A field of an action: `access` is a pointer to the member, or a function to what stands for it.
template <typename Access>
struct JsonField {
  std::string_view name;
  Access access;
  Presence presence;
};
template <typename Access>
JsonField(std::string_view, Access, Presence) -> JsonField<Access>;

// metaData.format: an object in the log, two members in Metadata.
template <typename Provider, typename Options>
struct FormatRef {
  Provider& provider;
  Options& options;
};
// A field of one value, which no member holds.
struct AlwaysFalse {};

// `kLenient`: what has a wrong type counts as absent.
template <typename Action>
struct JsonShape;

template <>
struct JsonShape<DeletionVector> {
  static constexpr std::string_view kName = "deletionVector";
  static constexpr bool kLenient = false;
  static constexpr auto kFields =
      std::make_tuple(JsonField{"storageType", &DeletionVector::storage_type, Presence::kRequired},
                      JsonField{"pathOrInlineDv", &DeletionVector::path_or_inline_dv, Presence::kRequired},
                      JsonField{"offset", &DeletionVector::offset, Presence::kOptional},
                      JsonField{"sizeInBytes", &DeletionVector::size_in_bytes, Presence::kRequired},
                      JsonField{"cardinality", &DeletionVector::cardinality, Presence::kOptional});
};

template <>
struct JsonShape<AddFile> {
  static constexpr std::string_view kName = "add";
  static constexpr bool kLenient = false;
  static constexpr auto kFields = std::make_tuple(
      JsonField{"path", &AddFile::path, Presence::kSubject},
      JsonField{"partitionValues", &AddFile::partition_values, Presence::kOptional},
      JsonField{"size", &AddFile::size, Presence::kOptional},
      JsonField{"modificationTime", &AddFile::modification_time, Presence::kOptional},
      JsonField{"dataChange", &AddFile::data_change, Presence::kOptional},
      JsonField{"stats", &AddFile::stats, Presence::kOptional}, JsonField{"tags", &AddFile::tags, Presence::kOptional},
      JsonField{"deletionVector", &AddFile::deletion_vector, Presence::kOptional},
      JsonField{"baseRowId", &AddFile::base_row_id, Presence::kOptional},
      JsonField{"defaultRowCommitVersion", &AddFile::default_row_commit_version, Presence::kOptional},
      JsonField{"clusteringProvider", &AddFile::clustering_provider, Presence::kOptional});
};

template <>
struct JsonShape<RemoveFile> {
  static constexpr std::string_view kName = "remove";
  static constexpr bool kLenient = false;
  static constexpr auto kFields = std::make_tuple(
      JsonField{"path", &RemoveFile::path, Presence::kSubject},
      JsonField{"deletionTimestamp", &RemoveFile::deletion_timestamp, Presence::kOptional},
      JsonField{"dataChange", &RemoveFile::data_change, Presence::kOptional},
      JsonField{"extendedFileMetadata", &RemoveFile::extended_file_metadata, Presence::kOnlyIfTrue},
      JsonField{"partitionValues", &RemoveFile::partition_values, Presence::kOptional},
      JsonField{"size", &RemoveFile::size, Presence::kOptional},
      JsonField{"stats", &RemoveFile::stats, Presence::kOptional},
      JsonField{"tags", &RemoveFile::tags, Presence::kOptional},
      JsonField{"deletionVector", &RemoveFile::deletion_vector, Presence::kOptional},
      JsonField{"baseRowId", &RemoveFile::base_row_id, Presence::kOptional},
      JsonField{"defaultRowCommitVersion", &RemoveFile::default_row_commit_version, Presence::kOptional});
};

template <>
struct JsonShape<AddCdcFile> {
  static constexpr std::string_view kName = "cdc";
  // No reader of a snapshot looks at it.
  static constexpr bool kLenient = true;
  static constexpr auto kFields =
      std::make_tuple(JsonField{"path", &AddCdcFile::path, Presence::kSubject},
                      JsonField{"partitionValues", &AddCdcFile::partition_values, Presence::kOptional},
                      JsonField{"size", &AddCdcFile::size, Presence::kOptional},
                      JsonField{"dataChange", [](auto&) { return AlwaysFalse{}; }, Presence::kOptional},
                      JsonField{"tags", &AddCdcFile::tags, Presence::kOptional});
};

template <>
struct JsonShape<Metadata> {
  static constexpr std::string_view kName = "metaData";
  static constexpr bool kLenient = false;
  static constexpr auto kFields = std::make_tuple(
      JsonField{"id", &Metadata::id, Presence::kRequired}, JsonField{"name", &Metadata::name, Presence::kOptional},
      JsonField{"description", &Metadata::description, Presence::kOptional},
      JsonField{"format", [](auto& m) { return FormatRef{m.format_provider, m.format_options}; }, Presence::kRequired},
      // Required by the protocol, but there are tables without, which Spark reads as ones without columns.
      JsonField{"schemaString", &Metadata::schema_string, Presence::kOptional},
      JsonField{"partitionColumns", &Metadata::partition_columns, Presence::kRequired},
      JsonField{"createdTime", &Metadata::created_time, Presence::kOptional},
      JsonField{"configuration", &Metadata::configuration, Presence::kRequired});
};

template <>
struct JsonShape<Protocol> {
  static constexpr std::string_view kName = "protocol";
  static constexpr bool kLenient = false;
  static constexpr auto kFields =
      std::make_tuple(JsonField{"minReaderVersion", &Protocol::min_reader_version, Presence::kRequired},
                      JsonField{"minWriterVersion", &Protocol::min_writer_version, Presence::kRequired},
                      JsonField{"readerFeatures", &Protocol::reader_features, Presence::kOptional},
                      JsonField{"writerFeatures", &Protocol::writer_features, Presence::kOptional});
};

template <>
struct JsonShape<Txn> {
  static constexpr std::string_view kName = "txn";
  static constexpr bool kLenient = false;
  static constexpr auto kFields = std::make_tuple(JsonField{"appId", &Txn::app_id, Presence::kSubject},
                                                  JsonField{"version", &Txn::version, Presence::kOptional},
                                                  JsonField{"lastUpdated", &Txn::last_updated, Presence::kOptional});
};

template <>
struct JsonShape<DomainMetadata> {
  static constexpr std::string_view kName = "domainMetadata";
  static constexpr bool kLenient = false;
  static constexpr auto kFields =
      std::make_tuple(JsonField{"domain", &DomainMetadata::domain, Presence::kSubject},
                      JsonField{"configuration", &DomainMetadata::configuration, Presence::kOptional},
                      JsonField{"removed", &DomainMetadata::removed, Presence::kOptional});
};

template <>
struct JsonShape<Sidecar> {
  static constexpr std::string_view kName = "sidecar";
  static constexpr bool kLenient = false;
  static constexpr auto kFields =
      std::make_tuple(JsonField{"path", &Sidecar::path, Presence::kRequired},
                      JsonField{"sizeInBytes", &Sidecar::size_in_bytes, Presence::kRequired},
                      JsonField{"modificationTime", &Sidecar::modification_time, Presence::kRequired});
};

// checkpointMetadata, of which only the version counts.
struct CheckpointMetadata {
  int64_t version = 0;
};
template <>
struct JsonShape<CheckpointMetadata> {
  static constexpr std::string_view kName = "checkpointMetadata";
  static constexpr bool kLenient = false;
  static constexpr auto kFields =
      std::make_tuple(JsonField{"version", &CheckpointMetadata::version, Presence::kRequired});
};

}  // namespace lakeferry::delta
