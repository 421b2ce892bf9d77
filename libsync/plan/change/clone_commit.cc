#include "plan/change/clone_commit.h"

#include <algorithm>

#include "base/digest.h"
#include "delta/commit_json.h"
#include "delta/table_features.h"
#include "json/writer.h"

namespace lakeferry::plan {
namespace {

constexpr std::string_view kInCommitTimestamps = "delta.enableInCommitTimestamps";

void WriteTimes(json::Writer& json, const CloneCommitFacts& facts) {
  json.Field("timestamp", facts.timestamp);
  if (facts.in_commit_timestamp_ms) json.Field("inCommitTimestamp", *facts.in_commit_timestamp_ms);
}

void WriteMetrics(json::Writer& json, const CloneCommitFacts& facts) {
  json.Object("operationMetrics", [&] {
    json.Field("numCopiedFiles", std::to_string(facts.adds));
    json.Field("numRemovedFiles", std::to_string(facts.removes));
    json.Field("copiedFilesSize", std::to_string(facts.bytes));
  });
}

}  // namespace

std::string MarkerAppId(std::string_view group) { return "lakeferry/" + std::string(group); }

std::string CommitTxnId(std::string_view manifest_sha256, std::string_view table) {
  return NameUuid("commit/" + std::string(manifest_sha256) + "/" + std::string(table));
}

std::string CommitInfoLine(const CloneCommitFacts& facts) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Object("commitInfo", [&] {
    WriteTimes(json, facts);
    json.Field("operation", "CLONE");
    json.Object("operationParameters", [&] {
      json.Field("source", facts.source_uri);
      json.Field("sourceVersion", facts.source_version);
      json.Field("sourceTableId", facts.source_table_id);
      json.Field("isShallow", false);
    });
    if (facts.read_version) json.Field("readVersion", *facts.read_version);
    json.Field("isolationLevel", "Serializable");
    json.Field("isBlindAppend", false);
    WriteMetrics(json, facts);
    json.Field("engineInfo", "lakeferry");
    json.Field("txnId", CommitTxnId(facts.manifest_sha256, facts.table));
    json.Object("lakeferry", [&] {
      json.Field("group", facts.group);
      json.Field("epoch", facts.epoch);
      json.Field("manifest", facts.manifest_sha256);
      json.Field("atomic", facts.atomic);
    });
  });
  return json.Finish();
}

std::string ReserveVersionLine(const CloneCommitFacts& facts) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Object("commitInfo", [&] {
    WriteTimes(json, facts);
    json.Field("operation", "RESERVE VERSION");
    json.Object("operationParameters", [&] { json.Field("sourceVersion", facts.source_version); });
    if (facts.read_version) json.Field("readVersion", *facts.read_version);
    json.Field("isBlindAppend", true);
    json.Field("engineInfo", "lakeferry");
    json.Object("lakeferry", [&] {
      json.Field("group", facts.group);
      json.Field("epoch", facts.epoch);
    });
  });
  return json.Finish();
}

std::string MarkerLine(const CloneCommitFacts& facts) {
  return delta::ToLine(delta::Txn{
      .app_id = MarkerAppId(facts.group), .version = facts.epoch.value(), .last_updated = ToEpochMs(facts.timestamp)});
}

delta::RemoveFile ReplicaRemove(delta::RemoveFile remove, TimeMs timestamp, bool data_change) {
  remove.deletion_timestamp = ToEpochMs(timestamp);
  remove.data_change = data_change;
  remove.extended_file_metadata = remove.partition_values.has_value() && remove.size.has_value();
  return remove;
}

delta::RemoveFile RemoveOf(const delta::AddFile& add, TimeMs timestamp, bool data_change) {
  return delta::RemoveFile{.path = add.path,
                           .deletion_timestamp = ToEpochMs(timestamp),
                           .data_change = data_change,
                           .extended_file_metadata = true,
                           .partition_values = add.partition_values,
                           .size = add.size,
                           .stats = std::nullopt,
                           .tags = add.tags,
                           .deletion_vector = add.deletion_vector,
                           .base_row_id = add.base_row_id,
                           .default_row_commit_version = add.default_row_commit_version};
}

delta::Metadata ReplicaMetadata(const delta::Metadata& source, const std::optional<delta::Metadata>& replica,
                                std::string_view group, std::string_view table) {
  delta::Metadata metadata = delta::StripForClone(source);
  metadata.id = replica ? replica->id : NameUuid("table/" + std::string(group) + "/" + std::string(table));
  // In-commit timestamps are on while they are at the source, because that decides whether our commits hold one; where
  // they count from is the replica's own.
  if (!replica || metadata.IsOn(kInCommitTimestamps) != replica->IsOn(kInCommitTimestamps)) return metadata;
  for (const auto& [key, value] : replica->configuration) {
    if (key.starts_with("delta.inCommitTimestampEnablement")) metadata.configuration.emplace_back(key, value);
  }
  return metadata;
}

void MarkInCommitEra(delta::Metadata& metadata, Version version, int64_t timestamp_ms) {
  metadata.configuration.emplace_back("delta.inCommitTimestampEnablementVersion", ToString(version));
  metadata.configuration.emplace_back("delta.inCommitTimestampEnablementTimestamp", std::to_string(timestamp_ms));
}

}  // namespace lakeferry::plan
