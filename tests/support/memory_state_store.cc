#include "tests/support/memory_state_store.h"

#include <algorithm>
#include <utility>

namespace lakeferry {

void MemoryStateStore::Clear() {
  groups_.clear();
  epochs_.clear();
  runs_.clear();
  journals_.clear();
  removals_.clear();
  live_set_checks_.clear();
  instructions_.clear();
  notices_.clear();
}

Task<Status> MemoryStateStore::Save(Call, StateChange change) {
  if (hooks_.before_save) LF_CO_TRY_OK(co_await hooks_.before_save());
  for (GroupRecord& record : change.groups) {
    const auto key = std::pair(record.role, record.group);
    groups_.insert_or_assign(key, std::move(record));
  }
  for (EpochRecord& record : change.epochs) {
    const auto key = std::tuple(record.role, record.group, record.epoch);
    epochs_.insert_or_assign(key, std::move(record));
  }
  for (RunRemoval& removal : change.removals) {
    runs_.erase(std::pair(removal.run.workflow, removal.run.run_id));
    removals_.push_back(std::move(removal));
  }
  for (Run& run : change.runs) {
    const auto key = std::pair(run.workflow, run.run_id);
    runs_.insert_or_assign(key, std::move(run));
  }
  for (LiveSetCheck& check : change.live_set_checks) {
    const auto key = std::tuple(check.role, check.group, check.table);
    live_set_checks_.insert_or_assign(key, std::move(check));
  }
  for (JournalEntry& entry : change.journals) {
    journals_.erase(entry.group);
    if (!entry.content.empty()) journals_.emplace(std::move(entry.group), std::move(entry.content));
  }
  for (Instruction& instruction : change.instructions) instructions_.push_back(std::move(instruction));
  for (Notice& notice : change.new_notices) {
    std::string id = notice.id;
    notices_.try_emplace(std::move(id), std::move(notice));
  }
  for (Notice& notice : change.notices) {
    const auto found = notices_.find(notice.id);
    if (found == notices_.end()) continue;
    found->second.attempts = notice.attempts;
    found->second.next = notice.next;
    found->second.arrived = notice.arrived;
    found->second.error = std::move(notice.error);
  }
  for (const std::string& id : change.gone_notices) notices_.erase(id);
  if (hooks_.after_save) LF_CO_TRY_OK(co_await hooks_.after_save());
  co_return Status();
}

Task<Result<std::optional<GroupRecord>>> MemoryStateStore::Group(Call, Role role, std::string group) {
  if (hooks_.before_read) LF_CO_TRY_OK(co_await hooks_.before_read());
  const auto found = groups_.find({role, group});
  if (found == groups_.end()) co_return std::nullopt;
  co_return found->second;
}

Task<Result<std::vector<GroupRecord>>> MemoryStateStore::Groups(Call) {
  if (hooks_.before_read) LF_CO_TRY_OK(co_await hooks_.before_read());
  std::vector<GroupRecord> records;
  for (const auto& [key, record] : groups_) records.push_back(record);
  co_return records;
}

Task<Result<std::vector<EpochRecord>>> MemoryStateStore::Epochs(Call, Role role, std::string group, int64_t limit) {
  if (hooks_.before_read) LF_CO_TRY_OK(co_await hooks_.before_read());
  std::vector<EpochRecord> records;
  for (auto at = epochs_.rbegin(); at != epochs_.rend() && std::cmp_less(records.size(), limit); ++at) {
    if (at->second.role == role && at->second.group == group) records.push_back(at->second);
  }
  co_return records;
}

Task<Result<std::vector<LiveSetCheck>>> MemoryStateStore::LiveSetChecks(Call, Role role,
                                                                        std::optional<std::string> group) {
  if (hooks_.before_read) LF_CO_TRY_OK(co_await hooks_.before_read());
  std::vector<LiveSetCheck> checks;
  for (const auto& [key, check] : live_set_checks_) {
    if (check.role == role && (!group || check.group == *group)) checks.push_back(check);
  }
  co_return checks;
}

Task<Result<std::string>> MemoryStateStore::Journal(Call, std::string group) {
  if (hooks_.before_read) LF_CO_TRY_OK(co_await hooks_.before_read());
  const auto found = journals_.find(group);
  co_return found == journals_.end() ? std::string() : found->second;
}

Task<Result<std::vector<Run>>> MemoryStateStore::Runs(Call, std::string workflow, TimeMs since) {
  if (hooks_.before_read) LF_CO_TRY_OK(co_await hooks_.before_read());
  std::vector<Run> runs;
  for (const auto& [key, run] : runs_) {
    if (run.workflow == workflow && (!run.end || *run.end >= since)) runs.push_back(run);
  }
  std::ranges::sort(
      runs, [](const Run& a, const Run& b) { return std::tie(a.start, a.run_id) < std::tie(b.start, b.run_id); });
  co_return runs;
}

Task<Result<std::vector<RunRemoval>>> MemoryStateStore::RemovedRuns(Call, std::string workflow) {
  if (hooks_.before_read) LF_CO_TRY_OK(co_await hooks_.before_read());
  std::vector<RunRemoval> removals;
  std::ranges::copy_if(removals_, std::back_inserter(removals),
                       [&](const RunRemoval& removal) { return removal.run.workflow == workflow; });
  co_return removals;
}

Task<Result<std::vector<Instruction>>> MemoryStateStore::Instructions(Call, Role role, std::string group,
                                                                      int64_t limit) {
  if (hooks_.before_read) LF_CO_TRY_OK(co_await hooks_.before_read());
  std::vector<Instruction> found;
  for (auto at = instructions_.rbegin(); at != instructions_.rend() && std::cmp_less(found.size(), limit); ++at) {
    if (at->role == role && at->group == group) found.push_back(*at);
  }
  co_return found;
}

Task<Result<std::vector<Notice>>> MemoryStateStore::Notices(Call) {
  if (hooks_.before_read) LF_CO_TRY_OK(co_await hooks_.before_read());
  std::vector<Notice> found;
  for (const auto& [id, notice] : notices_) found.push_back(notice);
  std::ranges::sort(found, {}, [](const Notice& notice) { return std::tie(notice.created, notice.id); });
  co_return found;
}

}  // namespace lakeferry
