// ReceiverPosition: the newest epochs that the receiver of a group has completed and answered, and what may follow
// them. What was applied, the tables themselves show; the metadata store is a cache of it, and receipts in staging make
// good what that does not know, as far as the tables bear them out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/environment.h"
#include "engine/group/group_book.h"
#include "engine/receive/known_receipts.h"
#include "engine/staging/staging_area.h"
#include "plan/group/group_spec.h"
#include "plan/rules/config_change.h"

namespace lakeferry::engine {

// What it is given must outlive its tasks. One task at a time.
class ReceiverPosition {
 public:
  ReceiverPosition(const Environment& env, const plan::GroupSpec& spec, GroupBook& book, const StagingArea& staging)
      : env_(env), spec_(spec), book_(book), staging_(staging) {}

  // At the start of every pass. kRefused where the configuration changed in what cannot, where staging is not the one
  // that was answered before, or where receipts speak for other targets; kDiverged where a table's log lacks what was
  // left there, and no epoch before is what all show.
  Task<Status> Open(Call call);
  // The newest epoch completed here; absent for none.
  [[nodiscard]] const std::optional<EpochRecord>& completed() const { return completed_; }
  // The newest epoch that was answered, where the answer was a refusal and nothing was applied since; absent otherwise.
  [[nodiscard]] std::optional<Epoch> refused() const;
  // The version at which a replica was left by the newest epoch that had the table, also where it was taken out of the
  // group since; absent where none is on record.
  [[nodiscard]] std::optional<Version> ReplicaVersion(const std::string& table) const;
  // The same with all that is on record, by table.
  [[nodiscard]] std::map<std::string, TablePosition> LeftAt() const;

  // Tables whose target holds no log any more, of those that the completed epoch left one in.
  [[nodiscard]] const std::vector<std::string>& gone() const { return gone_; }
  // What the configuration says otherwise than the newest epoch applied here did, of what may change.
  [[nodiscard]] const std::vector<plan::ConfigChange>& changes() const { return changes_; }
  // Receipts that do not count, and why.
  [[nodiscard]] std::map<Epoch, std::string> Uncounted() const;

  // The epoch that comes behind all that were answered.
  [[nodiscard]] Epoch next() const { return answered_.Next(); }

  // Logs of replicas from where they were left on, as this pass has listed them a moment ago; none where anything may
  // have been written since. Once.
  [[nodiscard]] LogListings TakeListings();
  // At the end of every pass: what only it makes use of is not kept until the next.
  void EndPass() { listings_.clear(); }

  // Takes over what receipts say that this receiver does not know, and its tables bear out.
  Task<Status> LearnAnswered(Call call);
  // The oldest staged epoch without an answer that counts; absent for none. kRefused where it cannot be read and one
  // before it is missing.
  Task<Result<std::optional<StagedObject>>> NextEpoch(Call call);
  // Whether `next` goes on from what is completed here: kRefused where it is of another chain, mode or generation, or a
  // manifest in between is missing; kCorruptData where it builds upon another epoch, or is of an older version than a
  // mirror here, so that staging it anew helps.
  Task<Status> CheckFollows(Call call, const StagedEpoch& next) const;

  // Puts an applied epoch on record, erases its journal with it, and puts the receipt.
  Task<Status> Complete(Call call, EpochRecord record);
  // Puts the receipt of a refused epoch and has it on record.
  Task<Status> Refuse(Call call, EpochRecord record, plan::RefusalAsks asks);
  // A replay of the completed epoch's replica comes to `live_set`, a fingerprint: has that on record, and in the
  // receipt for the sender.
  Task<Status> NoteReplayed(Call call, std::string table, std::string live_set);
  // Managed tables were cloned from the replicas that the completed epoch left, behind its answer: `cloned` is its
  // record with their versions. Has them on record, and in the receipt for the sender.
  Task<Status> NoteCloned(Call call, EpochRecord cloned);
  // The receipt of the completed epoch, where a crash may have left it out, or the managed versions out of it.
  Task<Status> PutDueReceipt(Call call);
  // A journal of an older copy of the metadata store: the epoch was completed since.
  Task<Status> EraseJournal(Call call);

 private:
  // Newest first.
  Task<Result<std::vector<EpochRecord>>> LoadCompleted(Call call);
  Task<Status> CheckSameStaging(Call call);
  [[nodiscard]] Status CheckNotBehind(const plan::Manifest& manifest) const;
  // Once in its life, for the configuration stays: kRefused where nothing can go on with what changed since.
  Task<Status> CheckConfiguration(Call call);
  [[nodiscard]] std::vector<plan::ConfigChange> SwappedIn(const plan::Manifest& manifest) const;
  // What there is behind the newest epoch that was answered; as HasNews.
  Task<Result<bool>> ListStaging(Call call);
  Task<Result<std::vector<Epoch>>> EpochsAhead(Call call);
  // That the tables show what is on record; where all of them show an epoch before, that is where they stand.
  Task<Status> ProveCompleted(Call call, std::vector<EpochRecord> records);
  Task<Result<std::optional<plan::EpochProof>>> ProofOf(Call call, ReplicaWitness& witness, EpochRecord record) const;
  Task<Status> StepBack(Call call, std::vector<EpochRecord> records, Epoch to);
  // Tables of the completed epoch whose log holds nothing at or behind the version that was left.
  Task<Result<std::vector<std::string>>> Lacking(Call call);
  // `lacks`: 1 for such a table.
  Task<Status> LookForLog(Call call, TablePosition left, char& lacks);
  // Whether there are other receipts than those that were looked at.
  Task<Result<bool>> HasNews(Call call) const;
  void NoteUncounted(const Call& call, std::map<Epoch, UncountedReceipt> uncounted);
  Task<Result<PutOutcome>> PutAnswer(Call call, plan::Receipt receipt);
  // Has the receipt that is there tell the managed versions that are on record, if it is ours.
  Task<Status> AmendReceipt(Call call) const;
  // kRefused where the answer that is there is another receiver's, of other targets.
  Task<Status> CheckSpeaksForOurs(Call call) const;
  [[nodiscard]] plan::Receipt ReceiptOf(const EpochRecord& record) const;
  void NoteCompleted(const EpochRecord& record);
  void ForgetCompleted();
  // Null where nothing on record says where the table's replica was left.
  [[nodiscard]] const TablePosition* FindLeft(const std::string& table) const;
  void NoteAnswered(Epoch epoch, std::string manifest_sha256);
  [[nodiscard]] std::string PlaceOf(Epoch epoch) const;
  [[nodiscard]] std::unexpected<Error> Skips(Epoch epoch) const;

  const Environment& env_;
  const plan::GroupSpec& spec_;
  GroupBook& book_;
  const StagingArea& staging_;
  bool configuration_checked_ = false;
  std::vector<plan::ConfigChange> changes_;
  bool opened_ = false;  // once at least
  bool loaded_ = false;  // since the tables were last found where they were left
  bool proven_ = true;   // false: completed_ is what a receipt says, and no target is there that could tell
  std::vector<std::string> gone_;
  std::map<Epoch, UncountedReceipt> uncounted_;  // newer than answered_
  std::optional<EpochRecord> completed_;
  // By table, of those of which completed_ does not tell it: where its replica was left.
  std::map<std::string, TablePosition> left_before_;
  Epoch answered_;               // newest epoch with a receipt, refused ones included
  std::string answered_sha256_;  // of its manifest
  Epoch ahead_of_;
  std::optional<std::vector<Epoch>> ahead_;  // listed in this pass, and not asked for yet
  LogListings listings_;                     // see TakeListings; none between passes
  Millis listed_at_{0};
  bool receipt_due_ = false;  // completed_ may lack its receipt (a crash between the two)
  bool receipt_new_ = false;  // this process completed it
};

}  // namespace lakeferry::engine
