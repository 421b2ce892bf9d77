// What GroupSender makes of a pass that has nothing to stage, and what it keeps for the next one.
#include <fmt/format.h>

#include <algorithm>

#include "engine/send/group_sender.h"

namespace lakeferry::engine {
namespace {

// Of a group whose epochs follow one another nothing is read twice.
constexpr Millis kSetsKept = std::chrono::seconds(30);

}  // namespace

// What is finished and not known to be applied: in staging without a receipt, or not in staging yet.
void GroupSender::NoteWaiting(const CutOutcome& found) {
  GroupRecord& record = book_.record();
  std::optional<TimeMs> oldest = receipts_->OldestUnanswered();
  if (found.oldest_unsent) oldest = std::min(oldest.value_or(*found.oldest_unsent), *found.oldest_unsent);
  // An instant of a schedule that could not be cut is followed by later ones, and the work waits since the first.
  const bool earlier = oldest && record.waiting_since && spec_.workflows.empty() &&
                       (!record.cut_time || *record.waiting_since > *record.cut_time);
  if (earlier) oldest = std::min(*oldest, *record.waiting_since);
  if (oldest) oldest = std::max(*oldest, record.created);
  record.waiting_since = oldest;
}

PassResult GroupSender::Resting(const CutOutcome& found) const {
  PassResult result{.epoch = {}, .reason = found.reason};
  const bool unanswered = receipts_->OldestUnanswered().has_value();
  if (found.held && !found.until_run_ends) {
    result.state = GroupState::kHeld;
  } else if (found.until_run_ends || unanswered || found.oldest_unsent) {
    result.state = GroupState::kWaiting;
  }
  if (unanswered) {
    result.reason += fmt::format("{}epoch {} is staged and not answered by the receiver yet",
                                 result.reason.empty() ? "" : "; ", book_.record().staged_epoch.value());
  }
  return result;
}

Task<Status> GroupSender::TakeLiveSets(Call call, GroupCut& cut) {
  if (position_->has_live_sets()) co_return Status{};
  LF_CO_TRY_OK(co_await ReadLiveSets(call, *staging_, *position_));
  for (TableCut& table : cut.tables) {
    if (table.scan.base) table.scan.base->live_set = position_->base.at(table.scan.spec.name)->live_set;
  }
  co_return Status{};
}

void GroupSender::RestPosition() {
  if (env_.limits.live_sets_stay) return;
  const bool rests = position_ && receipts_ && !receipts_->OldestUnanswered();
  const Millis now = env_.clock.Monotonic();
  if (!rests || rests_at_ != position_->base_epoch) {
    rests_at_ = rests ? position_->base_epoch : Epoch();
    rests_since_ = now;
  } else if (now - rests_since_ >= kSetsKept) {
    GiveBackLiveSets(*position_);
  }
}

}  // namespace lakeferry::engine
