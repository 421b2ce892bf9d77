// GroupReceiver: the receiver's work for one group. A pass rolls a journaled epoch forward, then takes in every further
// epoch in order: verify, place, journal, commit every table, receipt. Rolling forward places again what is missing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/apply/apply_journal.h"
#include "engine/apply/checkpoint_keeper.h"
#include "engine/apply/receiver_position.h"
#include "engine/apply/refusal.h"
#include "engine/apply/replica_table.h"
#include "engine/compare/live_set_watch.h"
#include "engine/environment.h"
#include "engine/group/group_book.h"
#include "engine/group/pass.h"
#include "engine/group/work_meter.h"
#include "engine/staging/staging_area.h"
#include "plan/epoch_needs.h"

namespace lakeferry::engine {

// `env` must outlive it; one task at a time.
class GroupReceiver : public GroupWorker {
 public:
  GroupReceiver(const Environment& env, plan::GroupSpec spec);

  Task<Result<PassResult>> RunOnce(std::stop_token stop) override;
  void Forget() override;
  [[nodiscard]] const plan::GroupSpec& spec() const override { return spec_; }
  [[nodiscard]] GroupBook& book() override { return book_; }

 private:
  // One table of the epoch at hand.
  struct Work {
    plan::ManifestTable table;
    std::unique_ptr<ReplicaTable> replica;
    ReplicaHead head;
    FileNames names = {};  // of a clone's files, once they are placed
    plan::EpochNeeds needs = {};

    [[nodiscard]] bool unchanged() const { return table.base_version == table.source_version; }
    // Something is to be placed or published: of a mirror that has not changed it may be a checkpoint.
    [[nodiscard]] bool brings() const { return !head.committed || (unchanged() && !table.parts.empty()); }

    // The replica was moved away, and what the epoch holds builds upon it.
    [[nodiscard]] bool gone() const { return table.base_version.has_value() && !head.version; }
  };

  Task<Status> Prepare();
  Task<Status> Recover(PassResult& result, std::stop_token stop);
  Task<Status> RollForward(ApplyJournal journal, PassResult& result, std::stop_token stop);
  Task<Status> CompleteHalf(const StagedEpoch& next, TimeMs journaled, PassResult& result, std::stop_token stop);
  // Whether there was an epoch to answer.
  Task<Result<bool>> ApplyNext(PassResult& result, std::stop_token stop);
  // Its answer, and the error for people.
  Task<Result<bool>> RefuseUnreadable(const StagedObject& next);
  void NoteStaged(const StagedEpoch& next);
  // An epoch that is not brought: refused where staging it anew can help. A refusal is an error for people, but for one
  // that was to be expected.
  Task<Status> Answer(const StagedEpoch& next, Error error);
  // How a pass leaves the group that applied nothing.
  void Rest(PassResult& result);
  // The same where targets are gone that the newest epoch left something in; false where none is.
  bool RestsWithoutTargets(PassResult& result);
  // Receipts that do not count are a finding of the group's account.
  void NoteReceipts();
  // Checks the epoch and places its files; nothing readers see has changed when it returns.
  Task<Result<std::vector<Work>>> Bring(const StagedEpoch& next, PassResult& result, std::stop_token stop);
  // Everything that can be told from manifest and parts, for every table, before the first object is placed:
  // kCorruptData, as a refusal; where a log holds the epoch already, `begun_` is set with it.
  Task<Result<std::vector<plan::EpochNeeds>>> CheckContent(const StagedEpoch& next);
  // The same of what only the targets can tell.
  [[nodiscard]] Status CheckNeeds(const std::vector<Work>& work) const;
  Task<Status> Refuse(const StagedEpoch& next, Error why);
  // Where replicas are gone: the error of a refusal that asks for their tables whole.
  Status AskForGone(const std::vector<Work>& work);
  // Asks for all tables whole where only the receipt of the base says that it was applied.
  Task<Status> AskForLostBase(const StagedEpoch& next);
  static Status CheckNoneIsGone(const std::vector<Work>& work);
  Task<Result<std::vector<Work>>> Inspect(const StagedEpoch& next);
  // Of every table that does not hold the epoch yet: what it brings is placed, what it builds upon is looked for.
  Task<Status> PlaceFiles(const StagedEpoch& next, std::vector<Work>& work, PassResult& result, std::stop_token stop);
  // Whether every table comes to what the manifest says that it should, before anything is committed: kDiverged, with
  // the table's name, where it does not.
  Task<Status> CheckLiveSets(const StagedEpoch& next, const std::vector<Work>& work);
  // Of a table that does not: why.
  Task<Result<Difference>> Judge(const Work& item) const;
  // What the tables came to with the epoch that `next` builds upon, by name, as far as this receiver found it so.
  Task<Result<std::map<std::string, delta::LiveSet>>> LiveSetsBefore(const StagedEpoch& next);
  // Compares the table's replica with the newest epoch that is completed here.
  Task<Status> CompareReplica(std::optional<std::string> table, std::stop_token stop);
  // Compares what differed before: kDiverged where it still does, but for tables of which the next epoch tells whose
  // fault that is. Those are returned.
  Task<Result<std::vector<std::string>>> CompareDiffering(std::stop_token stop);
  // What a writer told and was carried is in doubt; then the next epoch, if there is one, is committed only if replays
  // of both sides come to the same, or if it holds the whole table.
  Task<Result<bool>> NextAsks(std::string table);
  // What differed does not any more: an epoch was committed upon a replay of it.
  Task<Status> NoteProven(std::vector<std::string> tables);
  Task<Status> CommitAll(const StagedEpoch& next, const std::vector<Work>& work, TimeMs timestamp, PassResult& result,
                         std::stop_token stop);
  void BeginMeter(const std::vector<Work>& work);
  Task<Status> Complete(EpochRecord record);
  // Once `stop` asks for it, it ends without those that are not written yet.
  Task<void> KeepCheckpoints(const std::vector<Work>& work, const EpochRecord& record, std::stop_token stop);
  [[nodiscard]] const plan::TableSpec* FindTable(const std::string& name) const;

  const Environment& env_;
  plan::GroupSpec spec_;
  GroupBook book_;
  WorkMeter meter_;
  CheckpointKeeper checkpoints_;
  LiveSetWatch live_sets_;
  std::optional<StagingArea> staging_;
  std::optional<ReceiverPosition> position_;
  plan::RefusalAsks asks_;  // of the epoch at hand, where it is refused
  bool begun_ = false;      // a log holds the epoch at hand already
  bool expected_ = false;   // that the epoch at hand is refused is a step, and no fault
  TimeMs work_started_;     // by the calendar
  Millis work_began_{0};    // by the clock that never goes back
};

}  // namespace lakeferry::engine
