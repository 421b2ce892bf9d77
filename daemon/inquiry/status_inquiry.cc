#include "daemon/inquiry/status_inquiry.h"

#include <algorithm>
#include <utility>

#include "async/task_group.h"
#include "plan/group/past_epochs.h"

namespace lakeferry {
namespace {

constexpr size_t kReadsAtOnce = 64;

Result<plan::ByteRate> LimitOf(const plan::GroupSpec& group, const StatusQuestion& question,
                               const plan::ZoneSource& zones) {
  LF_TRY(const plan::ByteRate own, plan::LimitAt(group.bandwidth, question.now, zones));
  LF_TRY(const plan::ByteRate all, plan::LimitAt(question.bandwidth, question.now, zones));
  return plan::LowerOf(own, all);
}

std::pair<Epoch, Epoch> NewestOf(const std::vector<GroupRecord>& records, Role role, const std::string& group) {
  const auto found = std::ranges::find_if(
      records, [&](const GroupRecord& record) { return record.role == role && record.group == group; });
  return found == records.end() ? std::pair<Epoch, Epoch>() : std::pair(found->epoch, found->staged_epoch);
}

Task<Status> ReadComparisons(StateStore& state, Role role, GroupStatus& group) {
  LF_CO_TRY(group.live_set_checks, co_await state.LiveSetChecks({}, role, group.record.group));
  co_return Status();
}

}  // namespace

Task<Result<plan::PastEpochs>> PastOfGroups::Of(StateStore& state, Role role, std::string group, Epoch applied,
                                                Epoch staged) {
  const std::pair key(role, group);
  const auto known = known_.find(key);
  if (known != known_.end() && known->second.applied == applied && known->second.staged == staged) {
    co_return known->second.past;
  }
  LF_CO_TRY(const std::vector<EpochRecord> epochs,
            co_await state.Epochs({}, role, std::move(group), plan::kEpochsOfRhythm));
  plan::PastEpochs past = plan::PastOf(epochs);
  known_[key] = {.applied = applied, .staged = staged, .past = past};
  co_return past;
}

Task<Result<StatusReport>> StatusOf(StateStore& state, const plan::ZoneSource& zones, PastOfGroups& past,
                                    StatusQuestion question, std::vector<GroupRecord> records) {
  PastByGroup past_of_all;
  for (const plan::GroupSpec& group : question.groups) {
    const auto [applied, staged] = NewestOf(records, question.role, group.name);
    LF_CO_TRY(plan::PastEpochs epochs, co_await past.Of(state, question.role, group.name, applied, staged));
    past_of_all.emplace(group.name, std::move(epochs));
  }
  StatusReport report =
      MakeStatus(question.role, question.now, question.groups, records, past_of_all, question.process);
  for (GroupStatus& group : report.groups) {
    const auto spec = std::ranges::find(question.groups, group.record.group, &plan::GroupSpec::name);
    LF_CO_TRY(group.bandwidth_limit, LimitOf(*spec, question, zones));
  }
  // Many at once, so that the store has the next to do while an answer is on its way back.
  const auto read = [&](size_t index) { return ReadComparisons(state, question.role, report.groups[index]); };
  LF_CO_TRY_OK(co_await ParallelFor(report.groups.size(), kReadsAtOnce, read));
  co_return report;
}

Task<Result<HistoryReport>> HistoryOf(StateStore& state, Role role, std::string group, int64_t limit) {
  HistoryReport report{.group = group, .role = role, .epochs = {}};
  LF_CO_TRY(report.epochs, co_await state.Epochs({}, role, group, limit));
  LF_CO_TRY(report.instructions, co_await state.Instructions({}, role, std::move(group), limit));
  co_return report;
}

}  // namespace lakeferry
