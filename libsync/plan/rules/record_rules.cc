#include "plan/rules/record_rules.h"

#include <fmt/format.h>

#include <utility>

#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "delta/reused_name.h"
#include "json/limits.h"

namespace lakeferry::plan {
namespace {

constexpr size_t kTextMax = 200;
// An escape makes six characters of one.
constexpr size_t kEscapeFactor = 6;
constexpr size_t kLineMax = delta::kPartLineBytesMax;
// The hint is read whole. A sender takes no larger one over.
constexpr int64_t kHintBytesMax = int64_t{16} << 20;
// Keys, quotes and numbers of one action.
constexpr size_t kFrameBytes = 1024;
// Quotes, colon and comma of an entry, or `null`.
constexpr size_t kEntryBytes = 8;

std::unexpected<Error> Bad(std::string what) { return Fail(ErrorCode::kCorruptData, std::move(what)); }

bool IsInLog(const ObjectPath& path) { return path.IsBelow(ObjectPath::Of(delta::kLogFolder)); }

// The error of a path, as one of the record that holds it.
std::unexpected<Error> OfPath(const Error& error, std::string_view kind, std::string_view path) {
  return Bad(fmt::format("{} names no file of the table, {}: {}", kind, QuotedText(path), error.message));
}

std::unexpected<Error> Outside(std::string_view kind, std::string_view path) {
  return Bad(fmt::format("{} names a file outside of the table, by the absolute path {}", kind, QuotedText(path)));
}

Result<ObjectPath> ObjectNamedBy(std::string_view kind, const std::string& path) {
  if (delta::IsAbsolutePath(path)) return Outside(kind, path);
  std::string made;
  const auto normal = delta::NormalPath(path, made);
  if (!normal) return OfPath(normal.error(), kind, path);
  if (*normal != path) return Bad(fmt::format("{} has a path that is not in normal form: {}", kind, QuotedText(path)));
  auto object = delta::ResolveInTable(path, std::string_view());
  if (!object) return OfPath(object.error(), kind, path);
  if (IsInLog(*object)) return Bad(fmt::format("{} names an object of the log: {}", kind, QuotedText(path)));
  return *std::move(object);
}

size_t BytesOf(const std::string& text) { return text.size() + kEntryBytes; }
size_t BytesOf(const std::optional<std::string>& text) { return text ? BytesOf(*text) : kEntryBytes; }
template <typename Map>
size_t BytesOfMap(const Map& map) {
  size_t bytes = 0;
  for (const auto& [key, value] : map) bytes += BytesOf(key) + BytesOf(value);
  return bytes;
}
size_t BytesOf(const std::optional<delta::NullableMap>& map) { return map ? BytesOfMap(*map) : 0; }
size_t BytesOf(const std::optional<delta::DeletionVector>& vector) {
  return vector ? BytesOf(vector->storage_type) + BytesOf(vector->path_or_inline_dv) : 0;
}

// `texts`: how much text the action holds. The line itself is only made where that says that it may be too long.
template <typename Action>
Status CheckLine(const Action& action, size_t texts, std::string_view kind) {
  if (texts * kEscapeFactor + kFrameBytes <= kLineMax) return {};
  if (delta::ToLine(action).size() <= kLineMax) return {};
  return Bad(fmt::format("the line of {} would be longer than {} bytes, which leaves no room for what a commit adds",
                         kind, kLineMax));
}

Status CheckEntries(size_t entries, std::string_view kind, std::string_view field) {
  if (entries <= json::kListEntriesMax - kEntriesHeadroom) return {};
  return Bad(
      fmt::format("{} has {} entries in '{}', which leaves no room for what a commit adds", kind, entries, field));
}

Status CheckStaged(const StagedFile& file, const ObjectPath& staged_below) {
  if (file.staged.IsBelow(staged_below) && file.staged != staged_below) return {};
  if (file.placed()) {
    return Bad(fmt::format("nothing is staged of {}, and the sender places no such object itself",
                           QuotedText(file.path.text())));
  }
  return Bad(fmt::format("the object of {} is staged at {}, which is not below {}", QuotedText(file.path.text()),
                         QuotedText(file.staged.text()), staged_below.text()));
}

}  // namespace

std::string QuotedText(std::string_view text) { return EncodeSegment(text.substr(0, kTextMax)); }

Result<ObjectPath> CloneObject(const std::string& path) {
  LF_TRY(ObjectPath object, ObjectNamedBy("an add", path));
  if (!delta::NameBeforeReuse(object.text())) return object;
  return Bad(fmt::format("an add has a name that only the replica gives to its files: {}", QuotedText(path)));
}

Result<std::optional<ObjectPath>> CloneVector(const delta::DeletionVector& vector) {
  auto object = delta::ObjectOf(vector);
  if (!object) return OfPath(object.error(), "a deletion vector", vector.path_or_inline_dv);
  if (*object && IsInLog(**object)) {
    return Bad(fmt::format("a deletion vector lies in the log: {}", QuotedText((*object)->text())));
  }
  return *std::move(object);
}

Status CheckCloneRemove(const delta::RemoveFile& remove) {
  LF_TRY_OK(ObjectNamedBy("a remove", remove.path));
  if (!remove.deletion_vector || remove.deletion_vector->storage_type != "p") return {};
  return Bad(fmt::format("a remove names a deletion vector outside of the table, by the absolute path {}",
                         QuotedText(remove.deletion_vector->path_or_inline_dv)));
}

Status CheckMirrorFile(const std::string& path, const std::optional<delta::DeletionVector>& vector) {
  if (delta::IsAbsolutePath(path)) return Outside("an action", path);
  const auto object = delta::ResolveInTable(path, std::string_view());
  if (!object) return OfPath(object.error(), "an action", path);
  if (IsInLog(*object)) return Bad(fmt::format("an action names an object of the log: {}", QuotedText(path)));
  if (vector) LF_TRY_OK(CloneVector(*vector));
  return {};
}

Status CheckMirrorRemove(const delta::RemoveFile& remove) {
  if (delta::IsAbsolutePath(remove.path)) return Outside("a remove", remove.path);
  const auto normal = delta::NormalisePath(remove.path);
  return normal ? Status{} : OfPath(normal.error(), "a remove", remove.path);
}

Status CheckFits(const delta::AddFile& add) {
  const size_t texts = BytesOf(add.path) + BytesOfMap(add.partition_values) + BytesOf(add.stats) + BytesOf(add.tags) +
                       BytesOf(add.deletion_vector) + BytesOf(add.clustering_provider);
  return CheckLine(add, texts, "an add");
}

Status CheckFits(const delta::RemoveFile& remove) {
  const size_t texts = BytesOf(remove.path) + BytesOf(remove.partition_values) + BytesOf(remove.stats) +
                       BytesOf(remove.tags) + BytesOf(remove.deletion_vector);
  return CheckLine(remove, texts, "a remove");
}

Status CheckFits(const delta::Protocol& protocol) {
  size_t texts = 0;
  for (const auto* features : {&protocol.reader_features, &protocol.writer_features}) {
    if (!*features) continue;
    LF_TRY_OK(CheckEntries((*features)->size(), "a protocol", "features"));
    for (const std::string& feature : **features) texts += BytesOf(feature);
  }
  return CheckLine(protocol, texts, "a protocol");
}

Status CheckFits(const delta::Metadata& metadata) {
  LF_TRY_OK(CheckEntries(metadata.configuration.size(), "a metaData", "configuration"));
  size_t texts = BytesOf(metadata.id) + BytesOf(metadata.name) + BytesOf(metadata.description) +
                 BytesOf(metadata.format_provider) + BytesOfMap(metadata.format_options) +
                 BytesOf(metadata.schema_string) + BytesOfMap(metadata.configuration);
  for (const std::string& column : metadata.partition_columns) texts += BytesOf(column);
  return CheckLine(metadata, texts, "a metaData");
}

Status CheckFits(const delta::DomainMetadata& domain) {
  return CheckLine(domain, BytesOf(domain.domain) + BytesOf(domain.configuration), "a domainMetadata");
}

Status CheckFits(const delta::Txn& txn) { return CheckLine(txn, BytesOf(txn.app_id), "a txn"); }

bool IsCheckpoint(const delta::ParsedLogName& name) {
  return name.kind == delta::LogFileKind::kCheckpoint || name.kind == delta::LogFileKind::kCheckpointPart ||
         name.kind == delta::LogFileKind::kCheckpointV2;
}

Status CheckStagedFile(const StagedFile& file, const ObjectPath& staged_below, bool direct) {
  if (IsInLog(file.path))
    return Bad(fmt::format("a file is to be placed in the log: {}", QuotedText(file.path.text())));
  if (direct && file.placed()) return {};
  return CheckStaged(file, staged_below);
}

Status CheckStagedCommit(const StagedCommit& commit, const ObjectPath& staged_below) {
  const ObjectPath name = ObjectPath::Of(delta::kLogFolder) / delta::CommitName(commit.version);
  if (commit.file.path != name) {
    return Bad(fmt::format("the commit of version {} is to be placed under another name: {}", commit.version.value(),
                           QuotedText(commit.file.path.text())));
  }
  return CheckStaged(commit.file, staged_below);
}

Status CheckLogFile(const StagedFile& file, const ObjectPath& staged_below, Version newest) {
  const ObjectPath sidecars = ObjectPath::Of(delta::kSidecarFolder);
  const bool is_sidecar = file.path.IsBelow(sidecars) && file.path != sidecars;
  const bool at_top = file.path.parent() == ObjectPath::Of(delta::kLogFolder);
  const delta::ParsedLogName name = delta::ParseLogName(file.path.name());
  const bool is_checkpoint = at_top && IsCheckpoint(name) && name.version <= newest;
  const bool is_hint = at_top && name.kind == delta::LogFileKind::kLastCheckpoint && file.size <= kHintBytesMax;
  if (is_sidecar || is_checkpoint || is_hint) return CheckStaged(file, staged_below);
  return Bad(fmt::format("a log file is no checkpoint up to version {}, no sidecar and no hint: {}", newest.value(),
                         QuotedText(file.path.text())));
}

}  // namespace lakeferry::plan
