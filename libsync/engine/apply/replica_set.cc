#include "engine/apply/replica_set.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "delta/reused_name.h"
#include "delta/seen_files.h"
#include "engine/apply/mirror_contents.h"
#include "engine/change/live_sets.h"
#include "engine/change/mirror_files.h"
#include "engine/log/range_fold.h"
#include "engine/staging/staged_log.h"

namespace lakeferry::engine {
namespace {

Task<Status> ReadParts(Call call, ApplyContext context, const plan::ManifestTable& table, plan::PartSink& sink) {
  for (const plan::ManifestPart& part : table.parts) {
    LF_CO_TRY_OK(co_await context.staging->ReadPart(call, context.epoch->manifest.epoch, part, sink));
  }
  co_return Status{};
}

// Applies what a clone's commit will hold to what the clone came to before.
class CarriedRecords final : public plan::PartSink {
 public:
  explicit CarriedRecords(delta::LiveSet base) : set(base) {}

  Status OnAdd(delta::AddFile&& add) override { return set.Add(add); }
  Status OnRemove(delta::RemoveFile&& remove) override {
    if (remove.size) return set.Remove(remove.path, remove.deletion_vector, *remove.size);
    tells_all = false;
    return {};
  }

  delta::LiveSet set;
  bool tells_all = true;  // what each remove takes out
};

// What a clone's commit names, and what it adds. 16 bytes a file.
class NamedRecords final : public plan::PartSink {
 public:
  explicit NamedRecords(uint64_t seed) : seed_(seed) {}

  Status OnAdd(delta::AddFile&& add) override {
    LF_TRY_OK(Name(add.path, add.deletion_vector));
    return adds.Add(add);
  }
  Status OnRemove(delta::RemoveFile&& remove) override { return Name(remove.path, remove.deletion_vector); }

  [[nodiscard]] Result<bool> Names(std::string_view path, const std::optional<delta::DeletionVector>& vector) const {
    LF_TRY(const delta::FileHash file, delta::HashFile(path, vector, seed_));
    return files_.Has(file);
  }
  delta::LiveSet adds;

 private:
  Status Name(const std::string& path, const std::optional<delta::DeletionVector>& vector) {
    LF_TRY(const delta::FileHash file, delta::HashFile(path, vector, seed_));
    files_.Meet(file);
    return {};
  }

  uint64_t seed_;
  delta::SeenFiles files_;
};

// The live files that a commit does not name, and what it adds.
class AfterCommit final : public delta::FileSink {
 public:
  explicit AfterCommit(const NamedRecords& commit) : commit_(commit), set_(commit.adds) {}

  Status OnLive(delta::AddFile&& add) override {
    const std::string_view path = delta::NameBeforeReuse(add.path).value_or(add.path);
    LF_TRY(const bool named, commit_.Names(path, add.deletion_vector));
    return named ? Status{} : set_.Add(add);
  }
  void Restart() override { set_ = commit_.adds; }

  [[nodiscard]] const delta::LiveSet& set() const { return set_; }

 private:
  const NamedRecords& commit_;
  delta::LiveSet set_;
};

Task<Result<delta::LiveSet>> CloneSetWith(Call call, const Environment& env, ApplyContext context,
                                          plan::ManifestTable table, const TableLog& log, ReplicaHead head,
                                          std::optional<delta::LiveSet> base) {
  // What a whole table does not hold, its commit removes.
  if (!table.base_version || base) {
    CarriedRecords carried(table.base_version ? *base : delta::LiveSet());
    LF_CO_TRY_OK(co_await ReadParts(call, context, table, carried));
    if (!table.base_version || carried.tells_all) co_return carried.set;
  }
  NamedRecords named(env.random.Next());
  LF_CO_TRY_OK(co_await ReadParts(call, context, table, named));
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll(call));
  AfterCommit after(named);
  LF_CO_TRY_OK(co_await log.Load(call, listing, head.version, after));
  co_return after.set();
}

// No file of the base has a later modification time: its commit is as old as the source's, or has arrived later.
Task<Result<int64_t>> NewestAtBase(Call call, const TableLog& log, Version base) {
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListFrom(call, base));
  if (listing.commits.empty() || listing.commits.front().first != base) co_return std::numeric_limits<int64_t>::max();
  co_return ToEpochMs(listing.commits.front().second.modified);
}

// Without a base the log is the epoch's alone.
Task<Result<delta::LiveSet>> WholeMirrorSet(Call call, const MirrorRecords& coming, const TableLog& after,
                                            Version version) {
  MirrorPaths paths;
  for (const Version commit : coming.commits) LF_CO_TRY_OK(co_await after.Feed(call, commit, paths));
  LF_CO_TRY(const delta::LogListing listing, co_await after.ListAll(call));
  BroughtLiveSet live(coming);
  LF_CO_TRY_OK(co_await after.Load(call, listing, version, live));
  co_return live.set();
}

// What the commits behind the base do to the live set; every file that they leave has come too.
class MirrorNets final : public NetSink {
 public:
  MirrorNets(const MirrorRecords& coming, int64_t newest_at_base_ms, delta::LiveSet base)
      : set(base), coming_(coming), newest_at_base_ms_(newest_at_base_ms), net_(newest_at_base_ms) {}

  void BeginNet() override { net_ = plan::NetChange(newest_at_base_ms_); }
  Status Take(delta::Commit commit, bool removes) override {
    LF_TRY_OK(CheckMirrorPaths(commit));
    return net_.Apply(std::move(commit), removes);
  }
  plan::NetChange& net() override { return net_; }
  Status EndNet() override {
    const std::vector<delta::AddFile> adds = net_.Adds();
    for (const delta::AddFile& add : adds) LF_TRY_OK(coming_.CheckBrought(add));
    return CarryNet(set, net_, adds, std::nullopt);
  }

  delta::LiveSet set;

 private:
  const MirrorRecords& coming_;
  int64_t newest_at_base_ms_;
  plan::NetChange net_;
};

Task<Result<delta::LiveSet>> MirrorSetWith(Call call, const Environment& env, ApplyContext context,
                                           plan::ManifestTable table, const TableLog& log,
                                           std::optional<delta::LiveSet> base) {
  MirrorRecords coming(env.random.Next());
  LF_CO_TRY_OK(co_await ReadParts(call, context, table, coming));
  const TableLog after(std::make_shared<StagedLog>(log.store(), *context.staging, coming.log_objects), env);
  if (!table.base_version) {
    Result<delta::LiveSet> whole = co_await WholeMirrorSet(call, coming, after, table.source_version);
    if (!whole) co_return OfStagedLog(std::move(whole).error());
    co_return whole;
  }
  LF_CO_TRY(const int64_t newest, co_await NewestAtBase(call, log, *table.base_version));
  MirrorNets nets(coming, newest, base.value_or(delta::LiveSet()));
  DroppedActions shelf(env);
  const CommitRange range{
      .log = after, .first = table.base_version->Next(), .last = table.source_version, .newest_at_base_ms = newest};
  Result<FoldedRange> folded = co_await FoldRange(call, env, range, MirrorObjectName, &shelf, &nets);
  if (!folded) co_return OfStagedLog(std::move(folded).error());
  if (folded->extent != FoldedRange::Extent::kWhole) {
    co_return Fail(ErrorCode::kCorruptData, "the commits of the epoch name more files than go over as a change");
  }
  if (!base) co_return co_await ReplayLiveSet(call, after, table.source_version, std::nullopt);
  co_return co_await CarriedOrReplayed(call, nets.set, folded->in_doubt, after, table.source_version, std::nullopt);
}

}  // namespace

Task<Result<delta::LiveSet>> LiveSetWith(Call call, const Environment& env, ApplyContext context,
                                         plan::ManifestTable table, const ReplicaTable& replica, ReplicaHead head,
                                         std::optional<delta::LiveSet> base) {
  const TableLog& log = replica.log();
  const bool unchanged = table.base_version == table.source_version;
  if (unchanged && base) co_return *base;
  if (unchanged || head.committed) co_return co_await ReplayLiveSet(call, log, *head.version, std::nullopt);
  if (!table.base_version) base.reset();
  const bool mirror = context.epoch->manifest.mode == delta::ReplicationMode::kMirror;
  if (mirror) co_return co_await MirrorSetWith(call, env, context, std::move(table), log, base);
  co_return co_await CloneSetWith(call, env, context, std::move(table), log, head, base);
}

}  // namespace lakeferry::engine
