// EpochApplier: makes one staged epoch into replicas. It knows a route and no role: whoever calls it has journaled what
// it is about to do before Commit, and answers the epoch.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/apply/checkpoint_keeper.h"
#include "engine/apply/refusal.h"
#include "engine/apply/replica_table.h"
#include "engine/copy/work_meter.h"
#include "engine/environment.h"
#include "engine/staging/staging_area.h"
#include "plan/group/route.h"
#include "plan/rules/epoch_needs.h"
#include "plan/trace/epoch_trace.h"

namespace lakeferry::engine {

// By table: where an epoch before left its replica. A table that none has brought is not in it.
using TablesLeft = std::map<std::string, TablePosition>;

struct BroughtVolume {
  int64_t files = 0;
  int64_t bytes = 0;
};

// Everything given must outlive it and its tasks. Once through, in this order: Examine, Place, Compare, Commit; of an
// epoch that a journal says was begun: ExamineHalf, Place, Commit. Nothing readers see changes before Commit.
class EpochApplier {
 public:
  EpochApplier(const Environment& env, const plan::Route& route, const StagingArea& staging, const TablesLeft& left,
               const StagedEpoch& epoch, WorkMeter& meter, ReusedNames& reused)
      : env_(env),
        route_(route),
        staging_(staging),
        kept_(staging),
        left_(left),
        epoch_(epoch),
        meter_(meter),
        reused_(reused) {}

  // Before Examine: logs of replicas from where they were left on, as they are; those of the others are listed.
  void SetListings(LogListings listings) { listings_ = std::move(listings); }
  // Everything that can be told from manifest, parts and targets, for every table, before the first object is placed;
  // tells the meter what will be. kCorruptData for what only staging anew can mend; kRefused for a table that is not on
  // the route or a target that is not ours; kDiverged for a replica that somebody else has changed; the stores' errors.
  Task<Status> Examine(Call call);
  // The same of targets alone: the content was examined before the epoch was begun. kDiverged where a target is gone.
  Task<Status> ExamineHalf(Call call);
  // Places what the epoch brings, table by table; what it builds upon is looked for. Errors: as of TablePlacer.
  Task<Result<BroughtVolume>> Place(Call call);
  // Whether every table comes to what the manifest says that it should: kDiverged, or kCorruptData where staging anew
  // helps (Difference), with the table's name.
  Task<Status> Compare(Call call);
  // Commits every table. `timestamp`: of the commits, the same after a crash. Returns each replica's version, in the
  // order of the manifest. An error leaves the epoch half applied; the same call goes on.
  Task<Result<std::vector<Version>>> Commit(Call call, TimeMs timestamp);
  // After Commit: writes the checkpoints of clones that are due. Once the call is stopped, it ends without the rest.
  Task<void> KeepCheckpoints(Call call, CheckpointKeeper& checkpoints, std::vector<Version> versions) const;

  // How each table that had something to commit went, as far as it did.
  [[nodiscard]] const std::vector<plan::CommitMark>& commits() const { return commits_; }

  // After an error: what an answer that refuses the epoch asks for; whether a log holds the epoch already, so that it
  // can only be completed; and tables whose target is gone, in the words of a list.
  [[nodiscard]] const plan::RefusalAsks& asks() const { return asks_; }
  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] const std::string& gone() const { return gone_; }
  // After Examine: tables whose mirror this receiver has not left, and that is there all the same, with the source's
  // own commits.
  [[nodiscard]] std::vector<std::string> found_there() const;

 private:
  // One table of the epoch.
  struct Work {
    plan::ManifestTable table = {};
    std::unique_ptr<ReplicaTable> replica = nullptr;
    ReplicaHead head = {};
    FileNames names = {};  // of a clone's files, once they are placed
    plan::EpochNeeds needs = {};
    bool found_there = false;  // see there

    [[nodiscard]] bool unchanged() const { return table.base_version == table.source_version; }
    // Something is to be placed or published: of a mirror that has not changed it may be a checkpoint.
    [[nodiscard]] bool brings() const { return !head.committed || (unchanged() && !table.parts.empty()); }
    // The replica was moved away, and what the epoch holds builds upon it.
    [[nodiscard]] bool gone() const { return table.base_version.has_value() && !head.version; }
  };

  [[nodiscard]] bool clones() const { return route_.mode == delta::ReplicationMode::kClone; }
  // What manifest and parts tell; where a log holds the epoch already, `begun_` is set with its error.
  Task<Result<std::vector<plan::EpochNeeds>>> CheckContent(Call call);
  // How many tables are looked at side by side: one, where some are large.
  [[nodiscard]] size_t width() const;
  // Calls it with 0 … count - 1, so many at a time.
  Task<Status> ForEach(size_t count, std::function<Task<Status>(size_t)> work) const;
  Task<Status> InspectAll(Call call);
  Task<Result<std::vector<Work>>> Inspect(Call call);
  Task<Status> InspectInto(Call call, plan::ManifestTable table, Work& slot);
  Task<Result<Work>> InspectTable(Call call, plan::ManifestTable table);
  // Of replicas that are gone: asks for their tables whole.
  Status AskForGone();
  [[nodiscard]] Status CheckNoneIsGone() const;
  [[nodiscard]] Status CheckNeedsOfClones() const;
  void BeginMeter();
  Task<Status> PlaceTable(Call call, Work& item, BroughtVolume& volume);
  Task<Status> CommitTable(Call call, ApplyContext context, const Work& item, Version& version);
  // Sets `before_`.
  Task<Status> ReadLiveSetsBefore(Call call);
  Task<Status> CompareTable(Call call, const Work& item, std::optional<delta::LiveSet> carried);
  // Of a table that does not come to what it should: why.
  Task<Result<Difference>> Judge(Call call, const Work& item) const;
  // The error as one of the table.
  [[nodiscard]] static std::unexpected<Error> FailOf(Error error, const Work& item);

  const Environment& env_;
  const plan::Route& route_;
  const StagingArea& staging_;
  const StagingArea::KeptParts kept_;
  const TablesLeft& left_;
  const StagedEpoch& epoch_;
  WorkMeter& meter_;
  ReusedNames& reused_;
  LogListings listings_;
  std::vector<Work> work_;
  // What the tables came to with the epoch that this one builds upon, by name, as far as they were left so.
  std::map<std::string, delta::LiveSet> before_;
  plan::RefusalAsks asks_;
  bool begun_ = false;
  std::string gone_;
  std::vector<plan::CommitMark> commits_;
};

}  // namespace lakeferry::engine
