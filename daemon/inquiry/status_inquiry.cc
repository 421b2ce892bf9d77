#include "daemon/inquiry/status_inquiry.h"

#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "plan/group/past_epochs.h"

namespace lakeferry {
namespace {

Result<plan::ByteRate> LimitOf(const plan::GroupSpec& group, const StatusQuestion& question,
                               const plan::ZoneSource& zones) {
  LF_TRY(const plan::ByteRate own, plan::LimitAt(group.bandwidth, question.now, zones));
  LF_TRY(const plan::ByteRate all, plan::LimitAt(question.bandwidth, question.now, zones));
  return plan::LowerOf(own, all);
}

// By group: the newest applied and the newest staged epoch.
std::map<std::string, std::pair<Epoch, Epoch>> NewestOf(const std::vector<GroupRecord>& records, Role role) {
  std::map<std::string, std::pair<Epoch, Epoch>> newest;
  for (const GroupRecord& record : records) {
    if (record.role == role) newest.emplace(record.group, std::pair(record.epoch, record.staged_epoch));
  }
  return newest;
}

// All that is asked for by one question: each takes a change of threads.
Task<Result<std::vector<LiveSetCheck>>> ComparisonsOf(StateStore& state, const StatusQuestion& question) {
  std::optional<std::string> group;
  if (question.groups.size() == 1) group = question.groups.front().name;
  Result<std::vector<LiveSetCheck>> checks = co_await state.LiveSetChecks({}, question.role, std::move(group));
  co_return checks;
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
  std::map<std::string, std::pair<Epoch, Epoch>> newest = NewestOf(records, question.role);
  for (const plan::GroupSpec& group : question.groups) {
    const auto [applied, staged] = newest[group.name];
    LF_CO_TRY(plan::PastEpochs epochs, co_await past.Of(state, question.role, group.name, applied, staged));
    past_of_all.emplace(group.name, std::move(epochs));
  }
  StatusReport report =
      MakeStatus(question.role, question.now, question.groups, records, past_of_all, question.process);
  std::map<std::string_view, GroupStatus*> by_name;
  for (size_t index = 0; index < report.groups.size(); ++index) {
    GroupStatus& group = report.groups[index];  // in the order of the question's
    LF_CO_TRY(group.bandwidth_limit, LimitOf(question.groups[index], question, zones));
    by_name.emplace(group.record.group, &group);
  }
  LF_CO_TRY(std::vector<LiveSetCheck> checks, co_await ComparisonsOf(state, question));
  for (LiveSetCheck& check : checks) {
    const auto group = by_name.find(check.group);
    if (group != by_name.end()) group->second->live_set_checks.push_back(std::move(check));
  }
  co_return report;
}

Task<Result<HistoryReport>> HistoryOf(StateStore& state, Role role, std::string group, int64_t limit) {
  HistoryReport report{.group = group, .role = role, .epochs = {}};
  LF_CO_TRY(report.epochs, co_await state.Epochs({}, role, group, limit));
  LF_CO_TRY(report.instructions, co_await state.Instructions({}, role, std::move(group), limit));
  co_return report;
}

}  // namespace lakeferry
