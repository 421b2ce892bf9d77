// ReceiptDesk: the sender's bookkeeping of staged epochs: takes receipts in and deletes what they release. Deletes
// nothing else, and only below the group's own staging folder.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/environment.h"
#include "engine/staging/staging_area.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// What it is given must outlive its tasks.
class ReceiptDesk {
 public:
  ReceiptDesk(const Environment& env, const StagingArea& staging, const plan::GroupSpec& spec)
      : env_(env), staging_(staging), spec_(spec), group_(spec.name) {}

  // Makes the metadata store know every staged epoch (after its loss: all of them) and reads the receipts of those that
  // had none; releases what is answered. A receipt that does not count (plan/rules/receipt_rules.h) answers nothing.
  // Returns the newest applied epoch that no call before has returned: also one that a call which failed, or another
  // process, has settled; the one before it, or epoch 0, where the receiver has taken the newest back. kCancelled.
  // `newest_staged`: there is none behind it.
  Task<Result<std::optional<EpochRecord>>> Settle(Call call, Epoch newest_staged);
  // Receipts that do not count, and why. After Settle.
  [[nodiscard]] const std::map<Epoch, std::string>& uncounted() const { return uncounted_; }
  // An epoch this process has staged, once it is on record: no need to find it. One that is not on record is learnt
  // from staging by the next pass; it would else be known to this process alone, and to nobody after it.
  struct Attempts {
    bool at_once = false;   // the first has staged it: no attempt before has left parts
    bool left_data = true;  // some of it lies in staging
  };
  void Expect(EpochRecord record, Attempts attempts);
  // The cut time of the oldest staged epoch that no receipt answers yet; absent where all are answered. After Settle.
  [[nodiscard]] std::optional<TimeMs> OldestUnanswered() const;
  // The epoch that is answered next; absent where none waits, or what lies there does not count. After Settle.
  [[nodiscard]] std::optional<Epoch> AwaitsAnswer() const;
  // The newest epoch the metadata store knew before staging was read; 0 for none.
  Task<Result<Epoch>> NewestRecorded(Call call);

 private:
  using ManagedVersions = std::map<std::string, Version>;  // by table
  Task<Status> Open(Call call);
  Task<Status> LearnStaged(Call call, Epoch newest_staged);
  Task<Result<bool>> Answers(Call call, plan::Receipt receipt, EpochRecord record) const;
  // Whether the receipt of `record` counts; false, with the reason noted, where it does not.
  Task<Result<bool>> Counts(Call call, plan::Receipt receipt, EpochRecord record);
  // Whether the receipt of the newest applied epoch says something else by now.
  Task<Status> LookAgain(Call call);
  // That the receiver has put a refusal in its place.
  Task<Status> TakeBack(Call call, plan::Receipt refusal);
  // That managed tables were cloned behind the answer.
  Task<Status> TakeUpClones(Call call, ManagedVersions told);
  // What others, and crashes, have left beside answered epochs: at the start and once a day.
  Task<Status> LookForLeftovers(Call call);
  Task<Status> FindLeftovers(Call call);
  // Those with data at each receipt, unless it is known that these have none; all of them where it is time.
  Task<Status> LookAfterAnswers(Call call, const std::vector<EpochRecord>& answered);
  Task<Status> ReleaseAll(Call call);
  // Deletes what an answered epoch and the attempts at it have left: data, and parts that its manifest does not name.
  Task<Status> Release(Call call, Epoch epoch);
  Task<Status> DeleteUnnamedParts(Call call, Epoch epoch);
  // Of all in it that is no folder.
  void NoteNames(const Call& call, Listing listing, std::vector<ObjectPath>& names) const;
  // Everything below the folder; links themselves, and nothing that they lead to.
  Task<Status> DeleteBelow(Call call, ObjectPath top);
  Task<Status> FindMore(Call call, ListRequest& request, bool& more, std::vector<ObjectPath>& found) const;
  [[nodiscard]] size_t width() const { return static_cast<size_t>(env_.limits.copies_in_flight_max); }
  void LogAnswer(const Call& call, const EpochRecord& record) const;
  // That what it left may still be there; nothing for an epoch that waits for its receipt.
  void NoteAnswered(Epoch epoch);
  void NoteApplied(const EpochRecord& record);

  const Environment& env_;
  const StagingArea& staging_;
  const plan::GroupSpec& spec_;
  std::string group_;
  bool open_ = false;
  Epoch newest_;  // newest epoch known here
  std::map<Epoch, EpochRecord> unanswered_;
  std::optional<EpochRecord> applied_;  // newest applied, as long as nobody was told
  // The newest applied; whatever else there is to it is on record.
  struct Applied {
    Epoch epoch;
    std::string manifest_sha256;
    ManagedVersions managed;
  };
  std::optional<Applied> newest_applied_;
  std::set<Epoch> settled_;                 // answered epochs of the metadata store
  std::map<Epoch, std::string> uncounted_;  // of unanswered_
  std::set<Epoch> unreleased_;              // answered epochs that may have left something
  std::set<Epoch> at_once_;                 // see Expect
  std::set<Epoch> without_data_;            // of these, those that left none
  // What lay below the data folder a moment ago.
  struct SeenData {
    bool whole = false;  // all of it, in one page
    std::map<Epoch, Listing> found;
  };
  SeenData seen_;
  Millis looked_{0};  // for leftovers
};

}  // namespace lakeferry::engine
