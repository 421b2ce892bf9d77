#include "plan/rules/epoch_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "delta/commit_times.h"
#include "delta/file_hash.h"
#include "delta/log_path.h"
#include "delta/table_features.h"
#include "plan/document/staging_layout.h"
#include "plan/rules/record_rules.h"

namespace lakeferry::plan {
namespace {

// Whether nothing but the name of the object is in an action's path, so that the one stands for the other.
bool IsItsName(const std::string& path, const ObjectPath& object) { return path == object.text(); }

Status CheckTable(const ManifestTable& table, const Manifest& manifest) {
  const auto bad = [&table](std::string_view what) {
    return Fail(ErrorCode::kCorruptData, fmt::format("table '{}' of the manifest {}", QuotedText(table.name), what));
  };
  if (table.base_version > table.source_version) return bad("ends before the version that it builds upon");
  // A mirror's checkpoint may come later than the version that it is of.
  const bool no_parts = table.parts.empty() || manifest.mode == delta::ReplicationMode::kMirror;
  const bool empty = no_parts && table.adds == 0 && table.removes == 0 && table.files == 0;
  const bool changed = table.base_version != table.source_version;
  if (!changed && !empty) return bad("has not changed, and brings a change");
  // A change is marked by its own epoch, and the marker of a table without one stays where it was.
  const bool before = table.marked_epoch >= Epoch(1) && table.marked_epoch < manifest.epoch;
  if (changed ? table.marked_epoch == manifest.epoch : before) return {};
  return bad("tells of a marker that it cannot have");
}

}  // namespace

bool BuildsUponBase(const Manifest& manifest) {
  const auto changed = [](const ManifestTable& table) { return table.base_version.has_value(); };
  return manifest.base_epoch != Epoch() && std::ranges::any_of(manifest.tables, changed);
}

EpochRules::EpochRules(const Manifest& manifest, const ManifestTable& table, uint64_t seed)
    : manifest_(manifest),
      table_(table),
      seed_(seed),
      clone_(manifest.mode == delta::ReplicationMode::kClone),
      staged_below_(StagingLayout(manifest.group).TableData(manifest.epoch, table.name)),
      ledger_(seed) {}

void EpochRules::NextPart(std::string where) {
  part_ = std::move(where);
  ++parts_;
  record_ = 0;
}

void EpochRules::LookForMissing() {
  looks_for_missing_ = true;
  parts_ = 0;
}

std::string EpochRules::Where() const { return fmt::format("{}, record {}", part_, record_); }

std::unexpected<Error> EpochRules::Bad(std::string what) const {
  return Fail(ErrorCode::kCorruptData, std::move(what), Where());
}

Status EpochRules::At(Status found) const {
  if (found) return found;
  Error error = std::move(found).error();
  error.code = ErrorCode::kCorruptData;
  error.where = Where();
  return std::unexpected(std::move(error));
}

std::unexpected<Error> EpochRules::NotExpected(std::string_view kind) const {
  return Bad(fmt::format("a part of a {} holds {}", delta::ReplicationModeName(manifest_.mode), kind));
}

Status EpochRules::Begin(Section section, bool of_clones) {
  ++record_;
  if (of_clones != clone_ && section != Section::kObjects) {
    return NotExpected(of_clones ? "an action" : "an object of the log");
  }
  if (looks_for_missing_) return {};
  if (section < section_) return Bad("a record stands behind those that come after its kind");
  section_ = section;
  return {};
}

Status EpochRules::JudgeShape(std::string_view kind, bool* seen) {
  if (*seen) return Bad(fmt::format("there is a second {}", kind));
  if (parts_ > 1) return Bad(fmt::format("a {} stands behind the first part", kind));
  *seen = true;
  return {};
}

Status EpochRules::OnProtocol(delta::Protocol&& protocol) {
  LF_TRY_OK(Begin(Section::kShape, true));
  if (looks_for_missing_) return {};
  LF_TRY_OK(JudgeShape("protocol", &needs_.protocol));
  LF_TRY_OK(At(CheckFits(protocol)));
  protocol_ = std::move(protocol);
  return JudgeTogether();
}

Status EpochRules::OnMetadata(delta::Metadata&& metadata) {
  LF_TRY_OK(Begin(Section::kShape, true));
  if (looks_for_missing_) return {};
  LF_TRY_OK(JudgeShape("metaData", &needs_.metadata));
  LF_TRY_OK(At(CheckFits(metadata)));
  metadata_ = std::move(metadata);
  return JudgeTogether();
}

Status EpochRules::JudgeTogether() {
  LF_TRY_OK(At(delta::CheckSupported(protocol_, metadata_, delta::ReplicationMode::kClone)));
  if (!needs_.protocol || !needs_.metadata) return {};
  const bool on = delta::InCommitTimestampsOn(protocol_, metadata_);
  if (on == table_.in_commit_timestamps) return {};
  return Bad("the manifest says of in-commit timestamps what protocol and metaData do not");
}

Status EpochRules::OnDomainMetadata(delta::DomainMetadata&& domain) {
  LF_TRY_OK(Begin(Section::kShape, true));
  if (looks_for_missing_) return {};
  LF_TRY_OK(At(CheckFits(domain)));
  return MeetName("domainMetadata", domain.domain);
}

Status EpochRules::OnTxn(delta::Txn&& txn) {
  LF_TRY_OK(Begin(Section::kShape, true));
  if (looks_for_missing_) return {};
  LF_TRY_OK(At(CheckFits(txn)));
  return MeetName("txn", txn.app_id);
}

// A normalised path holds no line end, so that no file is met by this.
Status EpochRules::MeetName(std::string_view kind, const std::string& name) {
  const delta::FileHash hash = delta::HashObject(fmt::format("{}\n{}", kind, name), seed_);
  if (seen_.Meet(hash) == delta::SeenFiles::Met::kFirst) return {};
  return Bad(fmt::format("there is a second {} of {}", kind, QuotedText(name)));
}

Status EpochRules::MeetFile(const std::string& path, const std::optional<delta::DeletionVector>& vector,
                            const ObjectPath* object) {
  bool is_new = false;
  if (object != nullptr && !vector && IsItsName(path, *object)) {
    is_new = ledger_.NoteFile(*object);
  } else {
    const auto hash = delta::HashFile(path, vector, seed_);
    if (!hash) return At(std::unexpected(hash.error()));
    is_new = seen_.Meet(*hash) == delta::SeenFiles::Met::kFirst;
  }
  if (is_new) return {};
  return Bad(fmt::format("a file is named by two actions: {}", QuotedText(path)));
}

Status EpochRules::OnRemove(delta::RemoveFile&& remove) {
  LF_TRY_OK(Begin(Section::kActions, true));
  if (looks_for_missing_) return {};
  ++removes_;
  LF_TRY_OK(At(CheckCloneRemove(remove)));
  LF_TRY_OK(At(CheckFits(remove)));
  const auto object = ObjectPath::Make(remove.path);
  return MeetFile(remove.path, remove.deletion_vector, object ? &*object : nullptr);
}

Status EpochRules::OnAdd(delta::AddFile&& add) {
  LF_TRY_OK(Begin(Section::kActions, true));
  if (looks_for_missing_) return LookFor(add);
  ++adds_;
  needs_.newest_row_commit = std::max(needs_.newest_row_commit, add.default_row_commit_version.value_or(-1));
  LF_TRY_OK(At(CheckFits(add)));
  return JudgeAdd(add);
}

Status EpochRules::JudgeAdd(const delta::AddFile& add) {
  const auto object = CloneObject(add.path);
  if (!object) return At(std::unexpected(object.error()));
  ledger_.Name(*object, add.size);
  LF_TRY_OK(MeetFile(add.path, add.deletion_vector, &*object));
  if (!add.deletion_vector) return {};
  const auto vector = CloneVector(*add.deletion_vector);
  if (!vector) return At(std::unexpected(vector.error()));
  if (*vector) ledger_.Name(**vector, std::nullopt);
  return {};
}

Status EpochRules::LookFor(const delta::AddFile& add) const {
  LF_TRY(const ObjectPath object, CloneObject(add.path));
  if (!ledger_.Has(object)) {
    return Bad(fmt::format("an add names a file that the epoch neither brings nor says to be there: {}",
                           QuotedText(object.text())));
  }
  if (!add.deletion_vector) return {};
  LF_TRY(const std::optional<ObjectPath> vector, CloneVector(*add.deletion_vector));
  if (!vector || ledger_.Has(*vector)) return {};
  return Bad(fmt::format("an add names a deletion vector that the epoch neither brings nor says to be there: {}",
                         QuotedText(vector->text())));
}

Status EpochRules::OnCdc(delta::AddCdcFile&&) {
  ++record_;
  return NotExpected("a change file");
}

Status EpochRules::OnCommitInfo(delta::CommitInfo&&) {
  ++record_;
  return NotExpected("a commitInfo");
}

Status EpochRules::OnSidecar(delta::Sidecar&&) {
  ++record_;
  return NotExpected("a sidecar");
}

Status EpochRules::OnCheckpointMetadata(int64_t) {
  ++record_;
  return NotExpected("a checkpointMetadata");
}

Status EpochRules::Count(int64_t* count, int64_t* bytes, int64_t size) {
  ++*count;
  if (size > std::numeric_limits<int64_t>::max() - *bytes) return Bad("the sizes of the objects come to no number");
  *bytes += size;
  return {};
}

Status EpochRules::JudgeFit(ObjectLedger::Fit fit, const ObjectPath& path) const {
  switch (fit) {
    case ObjectLedger::Fit::kGood: return {};
    case ObjectLedger::Fit::kRepeated:
      return Bad(fmt::format("an object is brought twice: {}", QuotedText(path.text())));
    case ObjectLedger::Fit::kUnnamed:
      return Bad(fmt::format("a record tells of an object that no add names: {}", QuotedText(path.text())));
    case ObjectLedger::Fit::kOtherSize:
      return Bad(
          fmt::format("an object has another size than the add that names it says: {}", QuotedText(path.text())));
  }
  return {};
}

Status EpochRules::JudgeDigest(const StagedFile& file) const {
  if (!asks_sha256_ || !file.sha256.empty()) return {};
  return Bad(fmt::format("the object of {} has no SHA-256, which trusted_keys asks for: give the sender a signing_key",
                         QuotedText(file.path.text())));
}

Status EpochRules::OnFile(StagedFile&& file) {
  LF_TRY_OK(Begin(Section::kObjects, false));
  if (looks_for_missing_) return {};
  LF_TRY_OK(At(CheckStagedFile(file, staged_below_, table_.direct)));
  LF_TRY_OK(JudgeDigest(file));
  LF_TRY_OK(Count(&files_, &bytes_, file.size));
  if (clone_) return JudgeFit(ledger_.Bring(file.path, file.size), file.path);
  return JudgeFit(ledger_.BringUnasked(file.path) ? ObjectLedger::Fit::kGood : ObjectLedger::Fit::kRepeated, file.path);
}

Status EpochRules::OnPresent(PresentFile&& file) {
  LF_TRY_OK(Begin(Section::kObjects, false));
  if (looks_for_missing_) return {};
  if (file.path.IsBelow(ObjectPath::Of(delta::kLogFolder))) {
    return Bad(
        fmt::format("an object of the log is said to be a file that is there: {}", QuotedText(file.path.text())));
  }
  const ObjectLedger::Fit fit = ledger_.SayPresent(file.path, file.size);
  return clone_ ? JudgeFit(fit, file.path) : Status{};
}

Status EpochRules::OnCommit(StagedCommit&& commit) {
  LF_TRY_OK(Begin(Section::kLog, false));
  LF_TRY_OK(At(CheckStagedCommit(commit, staged_below_)));
  LF_TRY_OK(JudgeDigest(commit.file));
  LF_TRY_OK(Count(&adds_, &bytes_, commit.file.size));
  const Version version = commit.version;
  if (last_commit_ && version != last_commit_->Next()) {
    return Bad(
        fmt::format("the commit of version {} follows that of version {}", version.value(), last_commit_->value()));
  }
  if (log_files_ > 0) return Bad("a commit stands behind other files of the log");
  if (!first_commit_) first_commit_ = version;
  last_commit_ = version;
  return {};
}

Status EpochRules::OnLogFile(StagedFile&& file) {
  LF_TRY_OK(Begin(Section::kLog, false));
  LF_TRY_OK(At(CheckLogFile(file, staged_below_, table_.source_version)));
  LF_TRY_OK(JudgeDigest(file));
  LF_TRY_OK(Count(&log_files_, &bytes_, file.size));
  if (!ledger_.BringUnasked(file.path)) return JudgeFit(ObjectLedger::Fit::kRepeated, file.path);
  const delta::ParsedLogName name = delta::ParseLogName(file.path.name());
  begins_with_checkpoint_ = begins_with_checkpoint_ || (IsCheckpoint(name) && name.version == first_commit_);
  return {};
}

Status EpochRules::Finish() const {
  LF_TRY_OK(CheckCounts());
  return clone_ ? Status{} : CheckCommits();
}

Status EpochRules::CheckCounts() const {
  const auto differs = [](std::string_view what, int64_t says, int64_t holds) {
    return Fail(ErrorCode::kCorruptData,
                fmt::format("the manifest tells of {} {}, and its parts hold {}", says, what, holds));
  };
  if (table_.adds != adds_) return differs(clone_ ? "added files" : "commits", table_.adds, adds_);
  if (table_.removes != removes_) return differs("removed files", table_.removes, removes_);
  if (table_.files != files_) return differs("objects", table_.files, files_);
  if (table_.bytes != bytes_) return differs("bytes", table_.bytes, bytes_);
  return {};
}

// Every version behind the base, up to the one of the cut; of a whole table from 0, or from a checkpoint that comes
// too.
Status EpochRules::CheckCommits() const {
  const auto bad = [](std::string what) { return Fail(ErrorCode::kCorruptData, std::move(what)); };
  if (table_.base_version == table_.source_version) return {};
  if (last_commit_ != table_.source_version) {
    return bad(fmt::format("the commits of the epoch do not end with version {}, which it is said to bring",
                           table_.source_version.value()));
  }
  const Version first = table_.base_version ? table_.base_version->Next() : Version(0);
  if (first_commit_ == first || (!table_.base_version && begins_with_checkpoint_)) return {};
  return bad(fmt::format("the commits of the epoch begin with version {}, and {} comes next", first_commit_->value(),
                         first.value()));
}

Status CheckTables(const Manifest& manifest) {
  std::set<std::string_view> names;
  for (const ManifestTable& table : manifest.tables) {
    LF_TRY_OK(CheckTable(table, manifest));
    if (names.insert(table.name).second) continue;
    return Fail(ErrorCode::kCorruptData, fmt::format("table '{}' is twice in the manifest", QuotedText(table.name)));
  }
  return {};
}

}  // namespace lakeferry::plan
