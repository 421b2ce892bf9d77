#include "engine/apply/mirror_replica.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "async/in_order.h"
#include "delta/checkpoint_hint.h"
#include "delta/log_path.h"
#include "engine/apply/clone_replica.h"
#include "engine/log/log_leftover.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

// So many commits are written beside the one whose turn it is, each seen by nobody before its own.
constexpr size_t kCommitsAhead = 8;

ObjectPath InLog(const std::string& name) { return ObjectPath::Of(delta::kLogFolder) / name; }

// What of an epoch goes into the log, and nowhere else (plan/rules/epoch_rules.h).
class LogRecords : public plan::PartSink {
 public:
  Status OnCommit(plan::StagedCommit&& commit) override {
    commits.push_back(std::move(commit));
    return {};
  }
  Status OnLogFile(plan::StagedFile&& file) override {
    log_files.push_back(std::move(file));
    return {};
  }
  std::vector<plan::StagedCommit> commits;
  std::vector<plan::StagedFile> log_files;
};

Task<Result<LogRecords>> ReadRecords(Call call, ApplyContext context, plan::ManifestTable table) {
  LogRecords records;
  for (const plan::ManifestPart& part : table.parts) {
    LF_CO_TRY_OK(co_await context.staging->ReadPart(call, context.epoch->manifest.epoch, part, records));
  }
  co_return records;
}

bool IsCheckpoint(delta::LogFileKind kind) {
  return kind == delta::LogFileKind::kCheckpoint || kind == delta::LogFileKind::kCheckpointPart ||
         kind == delta::LogFileKind::kCheckpointV2;
}

// Whether it is a checkpoint of a version that is there. Not known of sidecars.
bool IsCheckpointUpTo(std::optional<Version> head, const ObjectPath& log_file) {
  const delta::ParsedLogName name = delta::ParseLogName(log_file.name());
  return head && IsCheckpoint(name.kind) && name.version <= *head;
}

// Where the commits do not follow what the replica has, readers need the checkpoint that they follow before any of
// them: how many of the log files, in their order, that takes.
size_t NeededFirst(const LogRecords& records, std::optional<Version> replica) {
  if (records.commits.empty()) return 0;
  const Version first = records.commits.front().version;
  if (first.value() == 0 || (replica && *replica >= first.Previous())) return 0;
  size_t needed = 0;
  for (size_t i = 0; i < records.log_files.size(); ++i) {
    const delta::ParsedLogName name = delta::ParseLogName(records.log_files[i].path.name());
    if (IsCheckpoint(name.kind) && name.version <= first) needed = i + 1;
  }
  return needed;
}

std::unexpected<Error> Forked(std::string_view uri, Version version) {
  return Fail(
      ErrorCode::kDiverged,
      fmt::format("version {} of the mirror is not the source's: somebody else has written to it", version.value()),
      std::string(uri),
      fmt::format(
          "a mirror is read-only (VACUUM writes too); move the target away: the table is then copied anew; or {}",
          HowToDeleteFrom(version)));
}

// Whether a log holds nothing but the first of the commits, as many as there are, and log files that come with them.
Task<Result<bool>> IsBegunBy(Call call, const LogRecords& records, const TableLog& log) {
  LF_CO_TRY(const Listing there, co_await ListAll(call, log.store(), ObjectPath::Of(delta::kLogFolder)));
  LF_CO_TRY(const delta::LogListing sorted, co_await log.ListFrom(call, Version(0)));
  const auto same = [](const auto& commit, const plan::StagedCommit& ours) { return commit.first == ours.version; };
  const auto differ = std::ranges::mismatch(sorted.commits, records.commits, same);
  if (differ.in1 != sorted.commits.end()) co_return false;
  std::set<ObjectPath> brought;
  for (const plan::StagedCommit& commit : records.commits) brought.insert(commit.file.path);
  for (const plan::StagedFile& file : records.log_files) brought.insert({file.path, file.path.parent()});
  const auto is_ours = [&brought](const ObjectPath& path) { return brought.contains(path); };
  co_return there.links.empty() && std::ranges::all_of(there.objects, is_ours, &ObjectInfo::path) &&
      std::ranges::all_of(there.folders, is_ours);
}

// Whether a hint leads readers to a checkpoint that is there.
Task<Result<bool>> LeadsToACheckpoint(Call call, const TableLog& log, std::string hint) {
  const std::optional<Version> named = delta::ReadCheckpointHint(hint);
  if (!named) co_return false;
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListFrom(call, *named));
  co_return std::ranges::any_of(listing.checkpoints,
                                [&](const auto& checkpoint) { return delta::HintNames(hint, checkpoint); });
}

}  // namespace

Task<Result<ReplicaHead>> MirrorReplica::Inspect(Call call, ApplyContext context, plan::ManifestTable table,
                                                 std::optional<Version> known) {
  LF_CO_TRY(const LogRecords records, co_await ReadRecords(call, context, table));
  std::map<Version, plan::StagedFile> coming;
  for (const plan::StagedCommit& commit : records.commits) coming.emplace(commit.version, commit.file);
  std::optional<Version> left = table.base_version ? table.base_version : known;
  LF_CO_TRY(delta::LogListing listing, co_await log_.ListFrom(call, left.value_or(Version(0))));
  if (left && (listing.commits.empty() || listing.commits.front().first != *left)) {
    // A whole table makes a replica anew that was gone; a crash may have left the beginning of it.
    bool anew = false;
    if (!table.base_version) {
      LF_CO_TRY(anew, co_await IsBegunBy(call, records, log_));
    }
    if (!anew) {
      co_return co_await InspectGone(
          call, context, table,
          fmt::format("version {} of the mirror, which the epoch builds upon, is gone", left->value()));
    }
    left.reset();
    LF_CO_TRY(listing, co_await log_.ListFrom(call, Version(0)));
  }
  if (!left && listing.commits.empty()) LF_CO_TRY_OK(co_await CheckFree(call, context, table));
  ReplicaHead head{.version = left};
  for (const auto& [version, file] : listing.commits) {
    if (version == left) continue;
    const auto ours = coming.find(version);
    if (ours == coming.end()) {
      // Also behind the beginning of a first epoch, which a crash has left: that is ours.
      if (head.version) co_return Forked(store().uri(), version);
      co_return Fail(ErrorCode::kRefused, "the target is not empty and does not hold this table's commits",
                     std::string(store().uri()), "name an empty target: what is there is not of this group");
    }
    LF_CO_TRY(const bool same, co_await Holds(call, TableLog::CommitPath(version), ours->second));
    if (!same) co_return Forked(store().uri(), version);
    head.version = version;
  }
  LF_CO_TRY(const std::vector<std::string> foreign,
            co_await FindForeign(call, records.log_files, FilesBeyond(listing, left), head.version));
  LF_CO_TRY_OK(CheckNoneLeft(foreign, head.version, store().uri()));
  head.committed = head.version == table.source_version;
  co_return head;
}

// `there`: log files of versions after those that the epoch builds upon. A crash may have left what it brings, byte for
// byte, before its commits or beside them; beside them also another checkpoint, of an epoch that was half applied and
// then refused because its journal was lost. The rest is somebody else's.
Task<Result<std::vector<std::string>>> MirrorReplica::FindForeign(Call call,
                                                                  const std::vector<plan::StagedFile>& coming,
                                                                  std::vector<std::string> there,
                                                                  std::optional<Version> head) {
  std::vector<std::string> foreign;
  for (std::string& name : there) {
    const auto ours = std::ranges::find(coming, InLog(name), &plan::StagedFile::path);
    if (ours != coming.end()) {
      LF_CO_TRY(const bool same, co_await Holds(call, ours->path, *ours));
      if (same) continue;
    } else if (IsCheckpointUpTo(head, InLog(name))) {
      continue;
    }
    foreign.push_back(std::move(name));
  }
  co_return foreign;
}

// Whether the object there is what the epoch brings.
Task<Result<bool>> MirrorReplica::Holds(Call call, ObjectPath path, plan::StagedFile file) {
  LF_CO_TRY(const ObjectDigest there,
            co_await DigestOf(call, store(), path, env_.limits.copy_buffer_bytes, HashingOf(file)));
  co_return IsWhatLeft(there, file);
}

Task<Result<Version>> MirrorReplica::Commit(Call call, ApplyContext context, plan::ManifestTable table,
                                            ReplicaHead head) {
  LF_CO_TRY(LogRecords records, co_await ReadRecords(call, context, table));
  const size_t first = NeededFirst(records, head.version);
  for (size_t i = 0; i < first; ++i)
    LF_CO_TRY_OK(co_await PutLogFile(call, context, records.log_files[i], head.version));
  // Those up to the head were compared by Inspect.
  const auto is_there = [&head](const plan::StagedCommit& c) { return head.version && c.version <= *head.version; };
  std::erase_if(records.commits, is_there);
  LF_CO_TRY_OK(co_await PutCommits(call, context, records.commits));
  for (size_t i = first; i < records.log_files.size(); ++i) {
    LF_CO_TRY_OK(co_await PutLogFile(call, context, records.log_files[i], head.version));
  }
  TellOfTimes(call, table);
  co_return table.source_version;
}

namespace {

// What nobody will publish, at once: a far store keeps it, and charges for it. No effect where there is nothing. A
// store that fails may keep it: nobody refers to that.
Task<void> GiveUp(Call call, PreparedCopy prepared) {
  if (!prepared.writer) co_return;
  [[maybe_unused]] const Status gone = co_await prepared.writer->Abort(call.Unstoppable());
}

}  // namespace

// Readers see one after the other: whoever lists a log with a hole in it reads nothing.
Task<Status> MirrorReplica::PutCommits(Call call, ApplyContext context,
                                       const std::vector<plan::StagedCommit>& commits) {
  std::vector<PreparedCopy> places(kCommitsAhead);
  InOrderSteps steps{
      .next = [&commits](size_t number) { return IsBelow(number, commits.size()); },
      .work =
          [&](size_t number) { return Prepare(call, context, commits[number].file, places[number % kCommitsAhead]); },
      .take =
          [&](size_t number) { return PutCommit(call, commits[number], std::move(places[number % kCommitsAhead])); },
  };
  const Status put = co_await InOrder(std::min(kCommitsAhead, commits.size()), std::move(steps));
  for (PreparedCopy& left : places) co_await GiveUp(call, std::move(left));
  co_return put;
}

Task<Status> MirrorReplica::Prepare(Call call, ApplyContext context, plan::StagedFile file, PreparedCopy& place) {
  Result<PreparedCopy> prepared =
      co_await PrepareCopy(call, context.staging->store(), file.staged, store(), file.path, ExpectedOf(file),
                           env_.MeansOf(context.staging->group()), file.modified);
  if (!prepared) co_return std::unexpected(context.staging->AsDamage(std::move(prepared).error(), file.staged));
  place = *std::move(prepared);
  if (!place.copied.time_refused.empty()) {
    ++times_refused_;
    time_refused_ = place.copied.time_refused;
  }
  co_return Status{};
}

// Once an epoch. The mirror holds what it should; only time travel by timestamp differs from the source's.
void MirrorReplica::TellOfTimes(const Call& call, const plan::ManifestTable& table) {
  if (times_refused_ == 0) return;
  env_.log.Write(call, LogLevel::kWarning, "commits of a mirror have the time of their arrival, not the source's",
                 {{"table", table.name}, {"files", times_refused_}, {"error", time_refused_}});
  times_refused_ = 0;
}

Task<Status> MirrorReplica::PutCommit(Call call, plan::StagedCommit commit, PreparedCopy prepared) {
  LF_CO_TRY(const Copied copied,
            co_await PublishCopy(call, std::move(prepared), store(), commit.file.path, env_.limits.copy_buffer_bytes));
  if (copied.outcome == PutOutcome::kCreated) co_return Status{};
  LF_CO_TRY(const bool same, co_await Holds(call, TableLog::CommitPath(commit.version), std::move(commit.file)));
  if (same) co_return Status{};
  co_return Forked(store().uri(), commit.version);
}

Task<Status> MirrorReplica::PutLogFile(Call call, ApplyContext context, plan::StagedFile file,
                                       std::optional<Version> head) {
  if (file.path.name() == delta::kLastCheckpointName) {
    // A hint, and the one object that is replaced: it comes after the checkpoint it names. While it was staged the
    // source may have replaced it by one that names a later checkpoint, which did not come.
    Result<std::string> hint = co_await context.staging->store().Get(call, file.staged, static_cast<size_t>(file.size));
    if (!hint) co_return std::unexpected(context.staging->AsDamage(std::move(hint).error(), file.staged));
    LF_CO_TRY(const bool leads, co_await LeadsToACheckpoint(call, log_, *hint));
    if (!leads) co_return Status{};
    co_return co_await store().Put(call, file.path, *std::move(hint));
  }
  PreparedCopy prepared;
  LF_CO_TRY_OK(co_await Prepare(call, context, file, prepared));
  LF_CO_TRY(const Copied copied,
            co_await PublishCopy(call, std::move(prepared), store(), file.path, env_.limits.copy_buffer_bytes));
  // A checkpoint of an epoch before serves readers as well, though the source has written it anew; Inspect has compared
  // those of this one.
  if (copied.outcome == PutOutcome::kCreated || IsCheckpointUpTo(head, file.path)) co_return Status{};
  LF_CO_TRY(const bool same, co_await Holds(call, file.path, file));
  if (same) co_return Status{};
  co_return CheckNoneLeft({std::string(file.path.name())}, head, store().uri());
}

std::unique_ptr<ReplicaTable> MakeReplicaTable(delta::ReplicationMode mode, std::shared_ptr<ObjectStore> store,
                                               const Environment& env) {
  if (mode == delta::ReplicationMode::kMirror) return std::make_unique<MirrorReplica>(std::move(store), env);
  return std::make_unique<CloneReplica>(std::move(store), env);
}

}  // namespace lakeferry::engine
