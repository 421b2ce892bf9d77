#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <utility>

#include "base/digest.h"
#include "base/shown_text.h"
#include "plan/json_fields.h"
#include "plan/manifest.h"
#include "plan/read_back.h"

namespace lakeferry::plan {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void Key(Writer& json, std::string_view key) { json.Key(key.data(), static_cast<rapidjson::SizeType>(key.size())); }
void Put(Writer& json, std::string_view key, std::string_view value) {
  Key(json, key);
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}
void Put(Writer& json, std::string_view key, int64_t value) {
  Key(json, key);
  json.Int64(value);
}
void PutBool(Writer& json, std::string_view key, bool value) {
  Key(json, key);
  json.Bool(value);
}
void PutVersion(Writer& json, std::string_view key, const std::optional<Version>& version) {
  Key(json, key);
  if (version) {
    json.Int64(version->value());
  } else {
    json.Null();
  }
}

void PutNames(Writer& json, const char* key, const std::vector<std::string>& names) {
  Key(json, key);
  json.StartArray();
  for (const std::string& name : names) json.String(name.data(), static_cast<unsigned>(name.size()));
  json.EndArray();
}

void PutParts(Writer& json, const std::vector<ManifestPart>& parts) {
  Key(json, "parts");
  json.StartArray();
  for (const ManifestPart& part : parts) {
    json.StartObject();
    Put(json, "sha256", part.sha256);
    Put(json, "bytes", part.bytes);
    Put(json, "lines", part.lines);
    json.EndObject();
  }
  json.EndArray();
}

void PutLiveSet(Writer& json, const delta::LiveSet& set) {
  Key(json, "live_set");
  json.StartObject();
  Put(json, "files", set.files());
  Put(json, "bytes", set.bytes());
  Put(json, "hash", set.hash().ToBase64());
  json.EndObject();
}

void PutTable(Writer& json, const ManifestTable& table) {
  json.StartObject();
  Put(json, "name", table.name);
  Put(json, "source_uri", table.source_uri);
  Put(json, "source_version", table.source_version.value());
  PutVersion(json, "base_version", table.base_version);
  Put(json, "table_id", table.table_id);
  Put(json, "commit_sha256", table.commit_sha256);
  PutBool(json, "data_change", table.data_change);
  PutBool(json, "removes_change_data", table.removes_change_data);
  PutBool(json, "in_commit_timestamps", table.in_commit_timestamps);
  if (table.newest_file_ms) Put(json, "newest_file_ms", *table.newest_file_ms);
  if (table.checkpoint_version) Put(json, "checkpoint_version", table.checkpoint_version->value());
  Put(json, "marked_epoch", table.marked_epoch.value());
  if (table.retention) {
    Put(json, "deleted_file_retention_ms", table.retention->deleted_files.count());
    Put(json, "log_retention_ms", table.retention->log.count());
  }
  PutLiveSet(json, table.live_set);
  PutBool(json, "live_set_replayed", table.live_set_replayed);
  Put(json, "base_live_set", table.base_live_set);
  Put(json, "adds", table.adds);
  Put(json, "removes", table.removes);
  Put(json, "files", table.files);
  Put(json, "bytes", table.bytes);
  PutParts(json, table.parts);
  json.EndObject();
}

void PutEvidence(Writer& json, const CutEvidence& evidence) {
  Key(json, "evidence");
  json.StartObject();
  Put(json, "by", EvidenceKindName(evidence.kind));
  Put(json, "margin_ms", evidence.margin.count());
  Key(json, "unexplained");
  json.StartArray();
  for (const UnexplainedCommit& commit : evidence.unexplained) {
    json.StartObject();
    Put(json, "table", commit.table);
    Put(json, "version", commit.version.value());
    Put(json, "time_ms", ToEpochMs(commit.time));
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

Result<CutEvidence> ReadEvidence(const JsonFields& json, std::string_view where) {
  CutEvidence evidence;
  LF_TRY(const std::string by, json.String("by"));
  const auto kind = ParseEvidenceKind(by);
  if (!kind) return Fail(ErrorCode::kCorruptLog, fmt::format("'{}' is no evidence of a cut", by), std::string(where));
  evidence.kind = *kind;
  LF_TRY(const int64_t margin, json.Count("margin_ms"));
  evidence.margin = Millis(margin);
  LF_TRY(const auto unexplained, json.Objects("unexplained"));
  for (const JsonFields& entry : unexplained) {
    UnexplainedCommit commit;
    LF_TRY(commit.table, entry.String("table"));
    LF_TRY(const int64_t version, entry.Count("version"));
    commit.version = Version(version);
    LF_TRY(commit.time, entry.Time("time_ms"));
    evidence.unexplained.push_back(std::move(commit));
  }
  return evidence;
}

Result<ManifestPart> ReadPartEntry(const JsonFields& json) {
  ManifestPart part;
  LF_TRY(part.sha256, json.String("sha256"));
  LF_TRY(part.bytes, json.Count("bytes"));
  LF_TRY(part.lines, json.Count("lines"));
  // The digest is also a name in the store: 64 hex digits and nothing else.
  if (part.sha256.size() != 64 || part.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return Fail(ErrorCode::kCorruptLog, "a part's sha256 is not 64 hex digits");
  }
  if (std::cmp_greater(part.bytes, kPartBytesMax)) {
    return Fail(ErrorCode::kCorruptLog,
                fmt::format("a part is said to have {} bytes, more than {}", part.bytes, kPartBytesMax));
  }
  return part;
}

// Absent in manifests of senders that did not say it.
Result<std::optional<Retention>> ReadRetention(const JsonFields& json) {
  LF_TRY(const auto files, json.FindCount("deleted_file_retention_ms"));
  LF_TRY(const auto log, json.FindCount("log_retention_ms"));
  if (!files || !log) return std::optional<Retention>();
  return std::optional(Retention{.deleted_files = Millis(*files), .log = Millis(*log)});
}

Result<delta::LiveSet> ReadLiveSet(const JsonFields& table) {
  LF_TRY(const JsonFields json, table.Object("live_set"));
  LF_TRY(const int64_t files, json.Int("files"));
  LF_TRY(const int64_t bytes, json.Int("bytes"));
  LF_TRY(const std::string hash, json.String("hash"));
  const std::optional<delta::LiveSet> set = delta::LiveSet::Of(files, bytes, hash);
  if (!set) return Fail(ErrorCode::kCorruptLog, "the 'hash' of a live set is none");
  return *set;
}

Result<ManifestTable> ReadTable(const JsonFields& json) {
  ManifestTable table;
  LF_TRY(table.name, json.String("name"));
  LF_TRY(table.source_uri, json.String("source_uri"));
  LF_TRY(const int64_t version, json.Count("source_version"));
  table.source_version = Version(version);
  LF_TRY(const auto base, json.FindCount("base_version"));
  if (base) table.base_version = Version(*base);
  LF_TRY(table.table_id, json.String("table_id"));
  LF_TRY(table.commit_sha256, json.String("commit_sha256"));
  LF_TRY(table.data_change, json.Bool("data_change"));
  LF_TRY(table.removes_change_data, json.Bool("removes_change_data"));
  LF_TRY(table.in_commit_timestamps, json.Bool("in_commit_timestamps"));
  LF_TRY(table.retention, ReadRetention(json));
  LF_TRY(table.newest_file_ms, json.FindInt("newest_file_ms"));
  LF_TRY(const auto checkpoint, json.FindCount("checkpoint_version"));
  if (checkpoint) table.checkpoint_version = Version(*checkpoint);
  LF_TRY(const int64_t marked, json.Count("marked_epoch"));
  table.marked_epoch = Epoch(marked);
  LF_TRY(table.live_set, ReadLiveSet(json));
  LF_TRY(table.live_set_replayed, json.Bool("live_set_replayed"));
  LF_TRY(table.base_live_set, json.String("base_live_set"));
  LF_TRY(table.adds, json.Count("adds"));
  LF_TRY(table.removes, json.Count("removes"));
  LF_TRY(table.files, json.Count("files"));
  LF_TRY(table.bytes, json.Count("bytes"));
  LF_TRY(const auto parts, json.Objects("parts"));
  for (const JsonFields& entry : parts) {
    LF_TRY(ManifestPart part, ReadPartEntry(entry));
    table.parts.push_back(std::move(part));
  }
  return table;
}

// Sums over all tables are made by everybody: they must be numbers too.
Status CheckSums(const std::vector<ManifestTable>& tables, std::string_view where) {
  for (int64_t ManifestTable::* const count :
       {&ManifestTable::adds, &ManifestTable::removes, &ManifestTable::files, &ManifestTable::bytes}) {
    int64_t sum = 0;
    for (const ManifestTable& table : tables) {
      if (!__builtin_add_overflow(sum, table.*count, &sum) && sum < INT64_MAX) continue;
      return Fail(ErrorCode::kCorruptLog, "the counts of the tables have no sum", std::string(where));
    }
  }
  return {};
}

Result<delta::ReplicationMode> ReadMode(const JsonFields& json, std::string_view where) {
  LF_TRY(const std::string mode, json.String("mode"));
  for (const auto candidate : {delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror}) {
    if (delta::ReplicationModeName(candidate) == mode) return candidate;
  }
  return Fail(ErrorCode::kCorruptLog, fmt::format("'{}' is no mode", mode), std::string(where));
}

Status ReadHeader(const JsonFields& json, std::string_view where, Manifest& manifest) {
  LF_TRY(const int64_t format, json.Int("format"));
  if (format != kManifestFormat) {
    return Fail(ErrorCode::kUnsupportedTable,
                fmt::format("manifest format {} is not known to this version, which reads {}", format, kManifestFormat),
                std::string(where), "upgrade this side");
  }
  LF_TRY(manifest.workspace, json.String("workspace"));
  LF_TRY(manifest.region, json.String("region"));
  LF_TRY(manifest.group, json.String("group"));
  LF_TRY(manifest.staging, json.String("staging"));
  LF_TRY(const int64_t epoch, json.Count("epoch"));
  manifest.epoch = Epoch(epoch);
  LF_TRY(const int64_t generation, json.Count("generation"));
  manifest.generation = Generation(generation);
  LF_TRY(manifest.mode, ReadMode(json, where));
  LF_TRY(manifest.cut_time, json.Time("cut_time_ms"));
  LF_TRY(manifest.run_ids, json.Strings("run_ids"));
  LF_TRY(manifest.atomic, json.Bool("atomic"));
  LF_TRY(const JsonFields evidence, json.Object("evidence"));
  LF_TRY(manifest.evidence, ReadEvidence(evidence, where));
  LF_TRY(manifest.created, json.Time("created_ms"));
  LF_TRY(const int64_t base, json.Count("base_epoch"));
  manifest.base_epoch = Epoch(base);
  LF_TRY(const int64_t previous, json.Count("previous_epoch"));
  manifest.previous_epoch = Epoch(previous);
  LF_TRY(manifest.previous_sha256, json.String("previous_sha256"));
  return {};
}

}  // namespace

std::string WriteManifest(const Manifest& manifest) {
  rapidjson::StringBuffer buffer;
  Writer json(buffer);
  json.StartObject();
  Put(json, "format", kManifestFormat);
  Put(json, "workspace", manifest.workspace);
  Put(json, "region", manifest.region);
  Put(json, "group", manifest.group);
  Put(json, "staging", manifest.staging);
  Put(json, "epoch", manifest.epoch.value());
  Put(json, "generation", manifest.generation.value());
  Put(json, "mode", delta::ReplicationModeName(manifest.mode));
  Put(json, "cut_time_ms", ToEpochMs(manifest.cut_time));
  Key(json, "run_ids");
  json.StartArray();
  for (const std::string& run : manifest.run_ids) json.String(run.data(), static_cast<unsigned>(run.size()));
  json.EndArray();
  PutBool(json, "atomic", manifest.atomic);
  PutEvidence(json, manifest.evidence);
  Put(json, "created_ms", ToEpochMs(manifest.created));
  Put(json, "base_epoch", manifest.base_epoch.value());
  Put(json, "previous_epoch", manifest.previous_epoch.value());
  Put(json, "previous_sha256", manifest.previous_sha256);
  Key(json, "tables");
  json.StartArray();
  for (const ManifestTable& table : manifest.tables) PutTable(json, table);
  json.EndArray();
  json.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

Result<Manifest> ReadManifest(std::string_view text, std::string_view where) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(text.data(), text.size()).get(object) != simdjson::SUCCESS) {
    return Fail(ErrorCode::kCorruptLog, "the manifest is not a JSON object", std::string(where));
  }
  const JsonFields json(object, where);
  Manifest manifest;
  LF_TRY_OK(ReadHeader(json, where, manifest));
  LF_TRY(const auto tables, json.Objects("tables"));
  for (const JsonFields& entry : tables) {
    auto table = ReadTable(entry);
    if (!table) return FailAt(std::move(table).error(), std::string(where));
    manifest.tables.push_back(*std::move(table));
  }
  LF_TRY_OK(CheckSums(manifest.tables, where));
  return manifest;
}

std::string WriteReceipt(const Receipt& receipt) {
  rapidjson::StringBuffer buffer;
  Writer json(buffer);
  json.StartObject();
  Put(json, "format", kManifestFormat);
  Put(json, "group", receipt.group);
  Put(json, "epoch", receipt.epoch.value());
  Put(json, "manifest_sha256", receipt.manifest_sha256);
  PutBool(json, "applied", receipt.applied);
  Put(json, "reason", FitToShow(receipt.reason));
  Put(json, "answered_ms", ToEpochMs(receipt.answered));
  Put(json, "files", receipt.files);
  Put(json, "bytes", receipt.bytes);
  Put(json, "worked_ms", receipt.worked_ms);
  Key(json, "tables");
  json.StartArray();
  for (const ReceiptTable& table : receipt.tables) {
    json.StartObject();
    Put(json, "name", table.name);
    Put(json, "source_version", table.source_version.value());
    PutVersion(json, "replica_version", table.replica_version);
    Put(json, "live_set", table.live_set);
    Put(json, "target", table.target);
    json.EndObject();
  }
  json.EndArray();
  PutNames(json, "restage_whole", receipt.asks.restage_whole);
  PutNames(json, "replay_live_set", receipt.asks.replay_live_set);
  json.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

Result<Receipt> ReadReceipt(std::string_view text, std::string_view where) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(text.data(), text.size()).get(object) != simdjson::SUCCESS) {
    return Fail(ErrorCode::kCorruptLog, "the receipt is not a JSON object", std::string(where));
  }
  const JsonFields json(object, where);
  Receipt receipt;
  LF_TRY(receipt.group, json.String("group"));
  LF_TRY(const int64_t epoch, json.Count("epoch"));
  receipt.epoch = Epoch(epoch);
  LF_TRY(receipt.manifest_sha256, json.String("manifest_sha256"));
  LF_TRY(receipt.applied, json.Bool("applied"));
  LF_TRY(const std::string reason, json.String("reason"));
  receipt.reason = FitToShow(reason);  // it goes into records, outputs and mails
  LF_TRY(receipt.answered, json.Time("answered_ms"));
  LF_TRY(receipt.files, json.Count("files"));
  LF_TRY(receipt.bytes, json.Count("bytes"));
  LF_TRY(receipt.worked_ms, json.Count("worked_ms"));
  LF_TRY(const auto tables, json.Objects("tables"));
  for (const JsonFields& entry : tables) {
    ReceiptTable table;
    LF_TRY(table.name, entry.String("name"));
    LF_TRY(const int64_t version, entry.Count("source_version"));
    table.source_version = Version(version);
    LF_TRY(const auto replica, entry.FindCount("replica_version"));
    if (replica) table.replica_version = Version(*replica);
    LF_TRY(table.live_set, entry.String("live_set"));
    LF_TRY(const std::string target, entry.String("target"));
    table.target = FitToShow(target);
    receipt.tables.push_back(std::move(table));
  }
  LF_TRY(receipt.asks.restage_whole, json.Strings("restage_whole"));
  LF_TRY(receipt.asks.replay_live_set, json.Strings("replay_live_set"));
  return receipt;
}

}  // namespace lakeferry::plan
