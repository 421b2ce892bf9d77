#include "engine/group/group_book.h"

#include <set>
#include <utility>

#include "base/check.h"
#include "plan/group/catalog_rules.h"

namespace lakeferry::engine {

Task<Status> GroupBook::Open(Call call) {
  if (open_) co_return Status{};
  Result<std::optional<GroupRecord>> found = co_await env_.state.Group(call, role_, spec_.name);
  LF_CO_TRY_OK(found);
  saved_ = *found;
  GroupRecord incident = std::exchange(record_, found->value_or(GroupRecord{}));
  if (!saved_) record_.created = env_.clock.WallTime();
  if (incident.attempts > 0) CarryOver(std::move(incident));
  TakeNames();
  open_ = true;
  co_return Status{};
}

void GroupBook::TakeNames() {
  record_.role = role_;
  record_.group = spec_.name;
  record_.workspace = spec_.workspace;
  record_.workflows = spec_.workflows;
  TakeTables();
}

// What was taken up by a pattern stays on record until it is looked up anew: whatever vanished is missed then.
void GroupBook::TakeTables() {
  std::vector<std::string> names;
  names.reserve(spec_.tables.size());
  for (const plan::TableSpec& table : spec_.tables) names.push_back(table.name);
  const std::set<std::string> present(names.begin(), names.end());
  for (std::string& known : record_.tables) {
    const bool taken = !present.contains(known) && plan::PatternOf(spec_, known) != nullptr;
    if (taken) names.push_back(std::move(known));
  }
  record_.tables = std::move(names);
}

// Attempts that failed because the record could not be read belong to its incident.
void GroupBook::CarryOver(GroupRecord incident) {
  record_.attempts += incident.attempts;
  record_.last_error = std::move(incident.last_error);
  record_.last_error_kind = std::move(incident.last_error_kind);
  record_.last_error_remedy = std::move(incident.last_error_remedy);
  if (!record_.failing_since) record_.failing_since = incident.failing_since;
  record_.failure_notified = record_.failure_notified || incident.failure_notified;
}

void GroupBook::SetStage(plan::GroupStage stage) {
  LF_CHECK(plan::IsLegal(stage_, stage), "a group moves only between stages that may follow each other");
  stage_ = stage;
  record_.phase = plan::GroupStageName(stage);
  EnterState(stage);
  Mark(stage);
  env_.log.Write(LogLevel::kDebug, "stage",
                 {{"group", spec_.name}, {"stage", std::string(plan::GroupStageName(stage))}});
}

void GroupBook::Mark(plan::GroupStage stage) {
  if (env_.tracer == nullptr) return;
  const bool begins = stage == plan::GroupStage::kReleasing || stage == plan::GroupStage::kRecovering ||
                      stage == plan::GroupStage::kIntake;
  if (begins) marks_.clear();
  marks_.push_back({.stage = stage, .at = env_.clock.WallTime()});
}

void GroupBook::EnterState(plan::GroupStage stage) {
  const auto work = [this](GroupState of) { return record_.restaging.empty() ? of : GroupState::kRestaging; };
  switch (stage) {
    case plan::GroupStage::kReleasing:
    case plan::GroupStage::kCutting:
    case plan::GroupStage::kRecovering:
    case plan::GroupStage::kIntake: return;
    case plan::GroupStage::kCopying:
    case plan::GroupStage::kPublishing: record_.state = work(GroupState::kStaging); return;
    case plan::GroupStage::kPlacing:
    case plan::GroupStage::kCommitting:
    case plan::GroupStage::kCloning:
    case plan::GroupStage::kAnswering: record_.state = work(GroupState::kApplying); return;
    case plan::GroupStage::kIdle: record_.state = GroupState::kIdle; break;
    case plan::GroupStage::kFailed: record_.state = GroupState::kFailed; break;
    case plan::GroupStage::kHalted: record_.state = GroupState::kHalted; break;
  }
  record_.progress = {};
  record_.phase.clear();
}

Task<Status> GroupBook::Save(Call call, StateChange more) {
  // What is stored was not read yet: writing now would lose it.
  if (!open_) co_return Status{};
  GroupRecord unchanged = record_;
  if (saved_) unchanged.updated = saved_->updated;
  const bool changed = !saved_ || *saved_ != unchanged;
  const bool with_more = !more.epochs.empty() || !more.journals.empty() || !more.instructions.empty();
  if (!changed && !with_more && posted_.empty()) co_return Status{};
  record_.updated = env_.clock.WallTime();
  // The record may change while it is being saved.
  GroupRecord saved = record_;
  more.groups.push_back(saved);
  std::vector<Notice> notices = std::exchange(posted_, {});
  more.new_notices = notices;
  Status done = co_await env_.state.Save(call, std::move(more));
  if (!done) {
    Post(std::move(notices));  // those that are there after all are passed over
    co_return done;
  }
  saved_ = std::move(saved);
  if (!notices.empty()) env_.notifier.Posted();
  co_return Status{};
}

}  // namespace lakeferry::engine
