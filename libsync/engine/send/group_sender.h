// GroupSender: the sender's work for one group. A pass settles receipts, looks for the next cut and stages it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/change/table_change.h"
#include "engine/compare/live_set_watch.h"
#include "engine/cut/cut_maker.h"
#include "engine/cut/sender_position.h"
#include "engine/environment.h"
#include "engine/group/book_meter.h"
#include "engine/group/group_book.h"
#include "engine/group/pass.h"
#include "engine/group/place_claims.h"
#include "engine/send/owner_desk.h"
#include "engine/send/plan_report.h"
#include "engine/send/receipt_desk.h"
#include "engine/send/retention_watch.h"
#include "engine/stage/epoch_stager.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// `env` must outlive it; one task at a time.
class GroupSender : public GroupWorker {
 public:
  GroupSender(const Environment& env, plan::GroupSpec spec);

  // One pass: everything there is to do now. An error leaves staging consistent; the next pass goes on.
  Task<Result<PassResult>> RunOnce(Call call) override;
  void Forget() override;
  Task<Result<bool>> HasNews(Call call) override;
  [[nodiscard]] const plan::GroupSpec& spec() const override { return spec_; }
  [[nodiscard]] GroupBook& book() override { return book_; }

  // The next cut and what it would send; writes nothing, and has no right to.
  Task<Result<PlanReport>> Plan(Call call);

 private:
  Task<Result<PassResult>> Pass(Call call);
  // `right`: of staging.
  Task<Status> Prepare(Call call, StoreRight right);
  // Those that catalogs have told.
  void TakeTables();
  Task<Status> FindPosition(Call call);
  Task<Status> CheckOwner(Call call);
  Task<Result<PassResult>> Work(Call call);
  // Compares the table's source with the epoch that the next one builds upon.
  Task<Status> CompareSource(Call call, std::optional<std::string> table);
  Task<Result<CutOutcome>> FindCut(Call call, CutMaker::Candidates seen);
  // What there is to cut by now: one question to the source of runs.
  Task<Result<CutMaker::Candidates>> Candidates(Call call);
  [[nodiscard]] CutTerms Terms() const { return {.first_seen = book_.record().created, .pace = pace()}; }
  void PauseAfterRefusals(CutOutcome& found) const;
  void NoteWaiting(const CutOutcome& found);
  // How a pass leaves the group that had nothing to cut.
  [[nodiscard]] PassResult Resting(const CutOutcome& found) const;
  Task<void> NoteRisks(Call call, const CutOutcome& found, const SourceSights& sights);
  void SetRisk();
  void NoteVanishing(const TableScan& scan, TimeMs from);
  Task<Status> NoteForecast(Call call, const GroupCut& cut, const std::vector<TableChange>& changes);
  [[nodiscard]] bool NothingChanged(const GroupCut& cut) const;
  // What the tables of the cut build upon, which a position that rested has given back.
  Task<Status> TakeLiveSets(Call call, GroupCut& cut);
  // Behind a pass that found nothing to do.
  void RestPosition();
  Task<Result<PassResult>> StageEpoch(Call call, GroupCut cut);
  Task<Result<EpochStager::Staged>> StageTables(Call call, const EpochStager& stager, const GroupCut& cut);
  Task<Status> Record(Call call, const EpochStager::Staged& staged, std::string sha256, TimeMs started, Millis began);

  // What HasNews compares.
  struct Sight {
    CutSignal cut;
    std::optional<Epoch> answered = {};  // which waited for its receipt, and has one
    std::string failure = {};            // why it could not be seen
    bool operator==(const Sight&) const = default;
  };
  Task<Sight> See(Call call);
  // But for the receipt.
  [[nodiscard]] static Sight SightOf(const Result<CutMaker::Candidates>& seen);

  const Environment& env_;
  plan::GroupSpec spec_;                             // with what catalogs say
  const std::optional<plan::GroupSpec> configured_;  // without; absent where no catalog is asked
  plan::Route route_;
  GroupBook book_;
  BookMeter meter_;
  OwnerDesk owner_;
  StoreRight staging_right_ = StoreRight::kReadStaging;
  std::optional<StagingArea> staging_;
  std::optional<ReceiptDesk> receipts_;
  std::optional<SenderPosition> position_;
  Epoch rests_at_;  // the base epoch since which it has
  Millis rests_since_{0};
  DirectTargets targets_;
  Epoch sources_proven_at_;  // the base epoch for which moved sources were proven
  RetentionWatch watch_;
  ClockWatch clocks_;
  LiveSetWatch live_sets_;
  HeldPlaces held_{env_.claims};
  std::vector<plan::TableKeeping> keeping_;     // of this pass
  std::vector<UnexplainedCommit> unexplained_;  // likewise
  std::string risk_said_;                       // the risk that the log has
  std::optional<Sight> seen_;                   // by the last pass; absent where it did not come so far
  bool staged_ = false;                         // by the last pass, and nobody has looked for more since
  Epoch tried_;                                 // the newest epoch that this process began to stage
  Epoch published_;                             // and the newest that it has staged
  bool first_attempt_ = false;                  // at the epoch at hand, and this process staged the one before
};

}  // namespace lakeferry::engine
