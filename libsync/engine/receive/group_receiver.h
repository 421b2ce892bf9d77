// GroupReceiver: the receiver's work for one group. A pass rolls a journaled epoch forward, then takes in every further
// epoch in order: verify, place, journal, commit every table, clone what is managed, receipt. Rolling forward places
// again what is missing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/apply/checkpoint_keeper.h"
#include "engine/apply/epoch_applier.h"
#include "engine/compare/live_set_watch.h"
#include "engine/environment.h"
#include "engine/group/book_meter.h"
#include "engine/group/group_book.h"
#include "engine/group/pass.h"
#include "engine/group/place_claims.h"
#include "engine/receive/managed_clones.h"
#include "engine/receive/receiver_position.h"
#include "engine/staging/staging_area.h"
#include "plan/document/apply_journal.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// `env` must outlive it; one task at a time.
class GroupReceiver : public GroupWorker {
 public:
  GroupReceiver(const Environment& env, plan::GroupSpec spec);

  Task<Result<PassResult>> RunOnce(Call call) override;
  void Forget() override;
  Task<Result<bool>> HasNews(Call call) override;
  [[nodiscard]] const plan::GroupSpec& spec() const override { return spec_; }
  [[nodiscard]] GroupBook& book() override { return book_; }

 private:
  // What the answer to the epoch at hand says beside its error.
  struct AnswerNotes {
    bool expected = false;                    // that it is refused is a step, and no fault
    std::vector<std::string> lost_with_base;  // tables that nothing here shows, though their base was applied
  };

  // One pass; what RunOnce says of it besides is in whose words.
  Task<Result<PassResult>> Pass(Call call);
  // Where nothing ever came: whether that is because a name differs.
  Task<void> NoteOtherGroups(Call call, PassResult& result);
  Task<Status> Prepare(Call call);
  // Asks the catalog for the tables, where it knows them.
  Task<Status> FindTables(Call call);
  Status OpenStaging();
  Task<Status> Recover(Call call, PassResult& result);
  Task<Status> RollForward(Call call, plan::ApplyJournal journal, PassResult& result);
  Task<Status> CompleteHalf(Call call, const StagedEpoch& next, TimeMs journaled, PassResult& result);
  // Whether there was an epoch to answer.
  Task<Result<bool>> ApplyNext(Call call, PassResult& result);
  // Its answer, and the error for people.
  Task<Result<bool>> RefuseUnreadable(Call call, const StagedObject& next);
  void Trace(const std::vector<plan::CommitMark>& commits, const EpochRecord& record);
  void NoteFoundThere(const Call& call, const std::vector<std::string>& tables, PassResult& result);
  // An epoch that is not brought: refused where staging it anew can help. A refusal is an error for people, but for one
  // that was to be expected.
  Task<Status> Answer(Call call, const StagedEpoch& next, const EpochApplier& applier, Error error);
  // Clones what was applied while the group was not cloned, where nothing newer does.
  Task<Status> CatchUpClones(Call call);
  // How a pass leaves the group that applied nothing.
  void Rest(PassResult& result);
  // The same where targets are gone that the newest epoch left something in; false where none is.
  bool RestsWithoutTargets(PassResult& result);
  // Checks the epoch and places its files; nothing readers see has changed when it returns.
  Task<Status> Bring(Call call, const StagedEpoch& next, EpochApplier& applier, PassResult& result);
  Task<Status> Refuse(Call call, const StagedEpoch& next, Error why, plan::RefusalAsks asks);
  // Asks for all tables whole where only the receipt of the base says that it was applied.
  Task<Status> AskForLostBase(Call call, const StagedEpoch& next);
  static void Note(const BroughtVolume& volume, PassResult& result);
  Task<Status> CommitAll(Call call, const StagedEpoch& next, EpochApplier& applier, TimeMs timestamp,
                         PassResult& result);
  Task<Status> Complete(Call call, EpochRecord record);

  const Environment& env_;
  plan::GroupSpec spec_;                             // with what the catalog says
  const std::optional<plan::GroupSpec> configured_;  // without; absent where no catalog is asked
  plan::Route route_;
  GroupBook book_;
  BookMeter meter_;
  CheckpointKeeper checkpoints_;
  ManagedClones clones_;
  ReusedNames reused_;
  LiveSetWatch live_sets_;
  HeldPlaces held_{env_.claims};
  std::optional<StagingArea> staging_;
  std::optional<ReceiverPosition> position_;
  AnswerNotes answer_;
  std::optional<Error> unasked_;  // why the catalog did not tell the tables, where a journal did
  // What HasNews compares.
  struct Sight {
    bool staged = false;       // the next epoch
    std::string failure = {};  // why that could not be seen
    bool operator==(const Sight&) const = default;
  };
  std::optional<Sight> seen_;  // by the last pass; absent where it failed
  TimeMs work_started_;        // by the calendar
  Millis work_began_{0};       // by the clock that never goes back
};

}  // namespace lakeferry::engine
