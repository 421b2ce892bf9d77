#include "plan/clone_commit.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

#include "base/digest.h"
#include "delta/commit_json.h"
#include "delta/table_features.h"

namespace lakeferry::plan {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr std::string_view kInCommitTimestamps = "delta.enableInCommitTimestamps";

class ObjectWriterJson {
 public:
  void Begin(std::string_view key) {
    Name(key);
    json_.StartObject();
  }
  void End() { json_.EndObject(); }
  void Text(std::string_view key, std::string_view value) {
    Name(key);
    json_.String(value.data(), static_cast<unsigned>(value.size()));
  }
  void Number(std::string_view key, int64_t value) {
    Name(key);
    json_.Int64(value);
  }
  void Truth(std::string_view key, bool value) {
    Name(key);
    json_.Bool(value);
  }
  [[nodiscard]] std::string Take() const { return {buffer_.GetString(), buffer_.GetSize()}; }
  Writer& json() { return json_; }

 private:
  void Name(std::string_view key) { json_.Key(key.data(), static_cast<unsigned>(key.size())); }
  rapidjson::StringBuffer buffer_;
  Writer json_{buffer_};
};

void WriteMetrics(ObjectWriterJson& out, const CloneCommitFacts& facts) {
  out.Begin("operationMetrics");
  out.Text("numCopiedFiles", std::to_string(facts.adds));
  out.Text("numRemovedFiles", std::to_string(facts.removes));
  out.Text("copiedFilesSize", std::to_string(facts.bytes));
  out.End();
}

}  // namespace

std::string MarkerAppId(std::string_view group) { return "lakeferry/" + std::string(group); }

std::string CommitTxnId(std::string_view manifest_sha256, std::string_view table) {
  return NameUuid("commit/" + std::string(manifest_sha256) + "/" + std::string(table));
}

std::string CommitInfoLine(const CloneCommitFacts& facts) {
  ObjectWriterJson out;
  out.json().StartObject();
  out.Begin("commitInfo");
  out.Number("timestamp", ToEpochMs(facts.timestamp));
  if (facts.in_commit_timestamp_ms) out.Number("inCommitTimestamp", *facts.in_commit_timestamp_ms);
  out.Text("operation", "CLONE");
  out.Begin("operationParameters");
  out.Text("source", facts.source_uri);
  out.Number("sourceVersion", facts.source_version.value());
  out.Text("sourceTableId", facts.source_table_id);
  out.Truth("isShallow", false);
  out.End();
  if (facts.read_version) out.Number("readVersion", facts.read_version->value());
  out.Text("isolationLevel", "Serializable");
  out.Truth("isBlindAppend", false);
  WriteMetrics(out, facts);
  out.Text("engineInfo", "lakeferry");
  out.Text("txnId", CommitTxnId(facts.manifest_sha256, facts.table));
  out.Begin("lakeferry");
  out.Text("group", facts.group);
  out.Number("epoch", facts.epoch.value());
  out.Text("manifest", facts.manifest_sha256);
  out.Truth("atomic", facts.atomic);
  out.End();
  out.End();
  out.End();
  return out.Take();
}

std::string ReserveVersionLine(const CloneCommitFacts& facts) {
  ObjectWriterJson out;
  out.json().StartObject();
  out.Begin("commitInfo");
  out.Number("timestamp", ToEpochMs(facts.timestamp));
  if (facts.in_commit_timestamp_ms) out.Number("inCommitTimestamp", *facts.in_commit_timestamp_ms);
  out.Text("operation", "RESERVE VERSION");
  out.Begin("operationParameters");
  out.Number("sourceVersion", facts.source_version.value());
  out.End();
  if (facts.read_version) out.Number("readVersion", facts.read_version->value());
  out.Truth("isBlindAppend", true);
  out.Text("engineInfo", "lakeferry");
  out.Begin("lakeferry");
  out.Text("group", facts.group);
  out.Number("epoch", facts.epoch.value());
  out.End();
  out.End();
  out.End();
  return out.Take();
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
