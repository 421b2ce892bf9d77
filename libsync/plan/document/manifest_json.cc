#include <fmt/format.h>

#include <utility>

#include "base/digest.h"
#include "base/shown_text.h"
#include "json/reader.h"
#include "json/writer.h"
#include "plan/document/document_sizes.h"
#include "plan/document/etag.h"
#include "plan/document/manifest.h"
#include "plan/document/read_back.h"
#include "plan/document/receipt.h"

namespace lakeferry::plan {
namespace {

void WriteParts(json::Writer& json, const std::vector<ManifestPart>& parts) {
  json.Objects("parts", parts, [&](const ManifestPart& part) {
    json.Field("sha256", part.sha256);
    json.Field("bytes", part.bytes);
    json.Field("lines", part.lines);
  });
}

void WriteLiveSet(json::Writer& json, const delta::LiveSet& set) {
  json.Object("live_set", [&] {
    json.Field("files", set.files());
    json.Field("bytes", set.bytes());
    json.Field("hash", set.hash().ToBase64());
  });
}

void WriteTable(json::Writer& json, const ManifestTable& table) {
  json.Field("name", table.name);
  json.Field("source_uri", table.source_uri);
  json.Field("source_version", table.source_version);
  json.Field("base_version", table.base_version);
  json.Field("table_id", table.table_id);
  json.Field("commit_sha256", table.commit_sha256);
  if (!table.commit_etag.empty()) json.Field("commit_etag", table.commit_etag);
  json.Field("data_change", table.data_change);
  json.Field("removes_change_data", table.removes_change_data);
  json.Field("in_commit_timestamps", table.in_commit_timestamps);
  if (table.direct) json.Field("direct", true);
  if (table.newest_file_ms) json.Field("newest_file_ms", *table.newest_file_ms);
  if (table.checkpoint_version) json.Field("checkpoint_version", *table.checkpoint_version);
  json.Field("marked_epoch", table.marked_epoch);
  if (table.retention) {
    json.Field("deleted_file_retention_ms", table.retention->deleted_files.count());
    json.Field("log_retention_ms", table.retention->log.count());
  }
  WriteLiveSet(json, table.live_set);
  json.Field("live_set_replayed", table.live_set_replayed);
  json.Field("base_live_set", table.base_live_set);
  json.Field("adds", table.adds);
  json.Field("removes", table.removes);
  json.Field("files", table.files);
  json.Field("bytes", table.bytes);
  WriteParts(json, table.parts);
}

void WriteEvidence(json::Writer& json, const CutEvidence& evidence) {
  json.Object("evidence", [&] {
    json.Field("by", EvidenceKindName(evidence.kind));
    json.Field("margin_ms", evidence.margin.count());
    json.Objects("unexplained", evidence.unexplained, [&](const UnexplainedCommit& commit) {
      json.Field("table", commit.table);
      json.Field("version", commit.version);
      json.Field("time_ms", commit.time);
    });
  });
}

Result<CutEvidence> ReadEvidence(const json::Fields& json, std::string_view where) {
  CutEvidence evidence;
  LF_TRY(const std::string by, json.String("by"));
  const auto kind = ParseEvidenceKind(by);
  if (!kind) return Fail(ErrorCode::kCorruptLog, fmt::format("'{}' is no evidence of a cut", by), std::string(where));
  evidence.kind = *kind;
  LF_TRY(const int64_t margin, json.Count("margin_ms"));
  evidence.margin = Millis(margin);
  LF_TRY(const auto unexplained, json.Objects("unexplained"));
  for (const json::Fields& entry : unexplained) {
    UnexplainedCommit commit;
    LF_TRY(commit.table, entry.String("table"));
    LF_TRY(const int64_t version, entry.Count("version"));
    commit.version = Version(version);
    LF_TRY(commit.time, entry.Time("time_ms"));
    evidence.unexplained.push_back(std::move(commit));
  }
  return evidence;
}

Result<ManifestPart> ReadPartEntry(const json::Fields& json) {
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
Result<std::optional<Retention>> ReadRetention(const json::Fields& json) {
  LF_TRY(const auto files, json.FindCount("deleted_file_retention_ms"));
  LF_TRY(const auto log, json.FindCount("log_retention_ms"));
  if (!files || !log) return std::optional<Retention>();
  return std::optional(Retention{.deleted_files = Millis(*files), .log = Millis(*log)});
}

Result<delta::LiveSet> ReadLiveSet(const json::Fields& table) {
  LF_TRY(const json::Fields json, table.Object("live_set"));
  LF_TRY(const int64_t files, json.Int("files"));
  LF_TRY(const int64_t bytes, json.Int("bytes"));
  LF_TRY(const std::string hash, json.String("hash"));
  const std::optional<delta::LiveSet> set = delta::LiveSet::Of(files, bytes, hash);
  if (!set) return Fail(ErrorCode::kCorruptLog, "the 'hash' of a live set is none");
  return *set;
}

Result<ManifestTable> ReadTable(const json::Fields& json) {
  ManifestTable table;
  LF_TRY(table.name, json.String("name"));
  LF_TRY(table.source_uri, json.String("source_uri"));
  LF_TRY(const int64_t version, json.Count("source_version"));
  table.source_version = Version(version);
  LF_TRY(const auto base, json.FindCount("base_version"));
  if (base) table.base_version = Version(*base);
  LF_TRY(table.table_id, json.String("table_id"));
  LF_TRY(table.commit_sha256, json.String("commit_sha256"));
  LF_TRY(table.commit_etag, FindEtag(json, "commit_etag"));
  LF_TRY(table.data_change, json.Bool("data_change"));
  LF_TRY(table.removes_change_data, json.Bool("removes_change_data"));
  LF_TRY(table.in_commit_timestamps, json.Bool("in_commit_timestamps"));
  if (json.Has("direct")) {
    LF_TRY(table.direct, json.Bool("direct"));
  }
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
  for (const json::Fields& entry : parts) {
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

Result<delta::ReplicationMode> ReadMode(const json::Fields& json, std::string_view where) {
  LF_TRY(const std::string mode, json.String("mode"));
  for (const auto candidate : {delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror}) {
    if (delta::ReplicationModeName(candidate) == mode) return candidate;
  }
  return Fail(ErrorCode::kCorruptLog, fmt::format("'{}' is no mode", mode), std::string(where));
}

// An epoch is the one kind that there is; what another one asks for, nobody here knows.
constexpr std::string_view kKindOfEpochs = "epoch";

Status CheckKind(const json::Fields& json, std::string_view where) {
  LF_TRY(const std::string kind, json.String("kind"));
  if (kind == kKindOfEpochs) return {};
  return Fail(ErrorCode::kUnsupportedTable, fmt::format("a manifest of kind '{}' is not known to this version", kind),
              std::string(where), "upgrade this side");
}

Status ReadHeader(const json::Fields& json, std::string_view where, Manifest& manifest) {
  LF_TRY(const int64_t format, json.Int("format"));
  if (format != kManifestFormat) {
    return Fail(ErrorCode::kUnsupportedTable,
                fmt::format("manifest format {} is not known to this version, which reads {}", format, kManifestFormat),
                std::string(where), "upgrade this side");
  }
  LF_TRY_OK(CheckKind(json, where));
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
  LF_TRY(const json::Fields evidence, json.Object("evidence"));
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
  json::Writer json(json::Texts::kAsTheyAre);
  json.Field("format", kManifestFormat);
  json.Field("kind", kKindOfEpochs);
  json.Field("workspace", manifest.workspace);
  json.Field("region", manifest.region);
  json.Field("group", manifest.group);
  json.Field("staging", manifest.staging);
  json.Field("epoch", manifest.epoch);
  json.Field("generation", manifest.generation);
  json.Field("mode", delta::ReplicationModeName(manifest.mode));
  json.Field("cut_time_ms", manifest.cut_time);
  json.Field("run_ids", manifest.run_ids);
  json.Field("atomic", manifest.atomic);
  WriteEvidence(json, manifest.evidence);
  json.Field("created_ms", manifest.created);
  json.Field("base_epoch", manifest.base_epoch);
  json.Field("previous_epoch", manifest.previous_epoch);
  json.Field("previous_sha256", manifest.previous_sha256);
  json.Objects("tables", manifest.tables, [&](const ManifestTable& table) { WriteTable(json, table); });
  return json.FinishLine();
}

Result<Manifest> ReadManifest(std::string_view text, std::string_view where) {
  json::Reader reader(kManifestBytesMax);
  LF_TRY(const json::Fields json, reader.Read(text, "the manifest", where));
  Manifest manifest;
  LF_TRY_OK(ReadHeader(json, where, manifest));
  LF_TRY(const auto tables, json.Objects("tables"));
  manifest.tables.reserve(tables.size());  // each is large, and a sender keeps them
  for (const json::Fields& entry : tables) {
    auto table = ReadTable(entry);
    if (!table) return FailAt(std::move(table).error(), std::string(where));
    manifest.tables.push_back(*std::move(table));
  }
  LF_TRY_OK(CheckSums(manifest.tables, where));
  return manifest;
}

std::string WriteReceipt(const Receipt& receipt) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Field("format", kManifestFormat);
  json.Field("group", receipt.group);
  json.Field("epoch", receipt.epoch);
  json.Field("manifest_sha256", receipt.manifest_sha256);
  json.Field("applied", receipt.applied);
  json.Field("reason", FitToShow(receipt.reason));
  json.Field("kind", FitToShow(receipt.kind));
  json.Field("answered_ms", receipt.answered);
  json.Field("files", receipt.files);
  json.Field("bytes", receipt.bytes);
  json.Field("worked_ms", receipt.worked_ms);
  json.Objects("tables", receipt.tables, [&](const ReceiptTable& table) {
    json.Field("name", table.name);
    json.Field("source_version", table.source_version);
    json.Field("replica_version", table.replica_version);
    if (table.managed_version) json.Field("managed_version", *table.managed_version);
    json.Field("live_set", table.live_set);
    json.Field("target", table.target);
  });
  json.Field("restage_whole", receipt.asks.restage_whole);
  json.Field("replay_live_set", receipt.asks.replay_live_set);
  return json.FinishLine();
}

Result<Receipt> ReadReceipt(std::string_view text, std::string_view where) {
  json::Reader reader(kReceiptBytesMax);
  LF_TRY(const json::Fields json, reader.Read(text, "the receipt", where));
  Receipt receipt;
  LF_TRY(receipt.group, json.String("group"));
  LF_TRY(const int64_t epoch, json.Count("epoch"));
  receipt.epoch = Epoch(epoch);
  LF_TRY(receipt.manifest_sha256, json.String("manifest_sha256"));
  LF_TRY(receipt.applied, json.Bool("applied"));
  LF_TRY(const std::string reason, json.String("reason"));
  receipt.reason = FitToShow(reason);  // it goes into records, outputs and mails
  if (json.Has("kind")) {
    LF_TRY(const std::string kind, json.String("kind"));
    receipt.kind = FitToShow(kind);
  }
  LF_TRY(receipt.answered, json.Time("answered_ms"));
  LF_TRY(receipt.files, json.Count("files"));
  LF_TRY(receipt.bytes, json.Count("bytes"));
  LF_TRY(receipt.worked_ms, json.Count("worked_ms"));
  LF_TRY(const auto tables, json.Objects("tables"));
  for (const json::Fields& entry : tables) {
    ReceiptTable table;
    LF_TRY(table.name, entry.String("name"));
    LF_TRY(const int64_t version, entry.Count("source_version"));
    table.source_version = Version(version);
    LF_TRY(const auto replica, entry.FindCount("replica_version"));
    if (replica) table.replica_version = Version(*replica);
    LF_TRY(const auto managed, entry.FindCount("managed_version"));
    if (managed) table.managed_version = Version(*managed);
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
