#include "tests/sim/world/sim_state.h"

#include <fmt/format.h>

#include <utility>

namespace lakeferry::sim {

Task<Status> SimStateStore::Save(Call call, StateChange change) {
  Verdict verdict = co_await gate_->Enter(CallKind::kSave, "metadata store of " + actor_.name);
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  Status saved = co_await inner_->Save(call, change);
  LF_CO_TRY_OK(saved);
  observer_->OnSaved(actor_, change);
  co_await gate_->Leave(verdict);
  if (verdict.answer) co_return std::unexpected(*verdict.answer);
  co_return Status{};
}

Task<Status> SimStateStore::EnterRead(std::string what) {
  Verdict verdict = co_await gate_->Enter(CallKind::kStateRead, std::move(what));
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  co_return Status{};
}

Task<Result<std::optional<GroupRecord>>> SimStateStore::Group(Call call, Role role, std::string group) {
  LF_CO_TRY_OK(co_await EnterRead("group record"));
  Result<std::optional<GroupRecord>> record = co_await inner_->Group(call, role, std::move(group));
  co_return record;
}

Task<Result<std::vector<GroupRecord>>> SimStateStore::Groups(Call call) {
  LF_CO_TRY_OK(co_await EnterRead("group records"));
  Result<std::vector<GroupRecord>> records = co_await inner_->Groups(call);
  co_return records;
}

Task<Result<std::vector<EpochRecord>>> SimStateStore::Epochs(Call call, Role role, std::string group, int64_t limit) {
  LF_CO_TRY_OK(co_await EnterRead("epoch records"));
  Result<std::vector<EpochRecord>> records = co_await inner_->Epochs(call, role, std::move(group), limit);
  co_return records;
}

Task<Result<std::vector<LiveSetCheck>>> SimStateStore::LiveSetChecks(Call call, Role role,
                                                                     std::optional<std::string> group) {
  LF_CO_TRY_OK(co_await EnterRead("comparisons of live sets"));
  Result<std::vector<LiveSetCheck>> checks = co_await inner_->LiveSetChecks(call, role, std::move(group));
  co_return checks;
}

Task<Result<std::string>> SimStateStore::Journal(Call call, std::string group) {
  LF_CO_TRY_OK(co_await EnterRead("journal"));
  Result<std::string> journal = co_await inner_->Journal(call, std::move(group));
  co_return journal;
}

Task<Result<std::vector<Run>>> SimStateStore::Runs(Call call, std::string workflow, TimeMs since) {
  LF_CO_TRY_OK(co_await EnterRead("runs"));
  Result<std::vector<Run>> runs = co_await inner_->Runs(call, std::move(workflow), since);
  co_return runs;
}

Task<Result<std::vector<RunRemoval>>> SimStateStore::RemovedRuns(Call call, std::string workflow) {
  LF_CO_TRY_OK(co_await EnterRead("removed runs"));
  Result<std::vector<RunRemoval>> removals = co_await inner_->RemovedRuns(call, std::move(workflow));
  co_return removals;
}

Task<Result<std::vector<Instruction>>> SimStateStore::Instructions(Call call, Role role, std::string group,
                                                                   int64_t limit) {
  LF_CO_TRY_OK(co_await EnterRead("instructions"));
  Result<std::vector<Instruction>> instructions = co_await inner_->Instructions(call, role, std::move(group), limit);
  co_return instructions;
}

Task<Result<std::vector<Notice>>> SimStateStore::Notices(Call call) {
  LF_CO_TRY_OK(co_await EnterRead("notices"));
  Result<std::vector<Notice>> notices = co_await inner_->Notices(call);
  co_return notices;
}

TimeMs SimLedger::TimeAt(TimeMs truth) const {
  const TimeMs time = truth + clock_offset_;
  return whole_seconds_ ? TimeMs(std::chrono::floor<std::chrono::seconds>(time)) : time;
}

void SimLedger::Put(Run run) {
  const auto key = std::pair(run.workflow, run.run_id);
  runs_.insert_or_assign(key, std::move(run));
}

Result<std::vector<Run>> SimLedger::Since(const std::string& workflow, TimeMs since) const {
  std::vector<Run> runs;
  for (const auto& [key, run] : runs_) {
    if (run.workflow == workflow && (!run.end || *run.end >= since)) runs.push_back(run);
  }
  return runs;
}

Task<Result<std::vector<Run>>> SimWorkflowSource::RunsSince(Call, std::string workflow, TimeMs since) {
  Verdict verdict = co_await gate_->Enter(CallKind::kRuns, "runs of " + workflow);
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  co_return ledger_->Since(workflow, since);
}

Task<Result<std::optional<TimeMs>>> SimWorkflowSource::PresentTime(Call) {
  Verdict verdict = co_await gate_->Enter(CallKind::kRuns, "the scheduler's clock");
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  co_return std::optional(ledger_->TimeAt(gate_->timeline().now()));
}

Task<Status> SimNotifier::Send(Call, Incident incident) {
  Verdict verdict = co_await gate_->Enter(CallKind::kRead, "mail server");
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  mailbox_->mails.push_back({.at = gate_->timeline().now(), .from = from_, .incident = std::move(incident)});
  co_return Status{};
}

void SimLog::Write(LogLevel level, std::string_view event, std::vector<LogField> fields) {
  std::string line = fmt::format("log {} {}", static_cast<int>(level), event);
  for (const LogField& field : fields) {
    if (const auto* where = std::get_if<LogPlace>(&field.value)) {
      line += fmt::format(" {}={}", field.key, where->place.text());
    } else if (const auto* text = std::get_if<std::string>(&field.value)) {
      line += fmt::format(" {}={}", field.key, *text);
    } else {
      line += fmt::format(" {}={}", field.key, std::get<int64_t>(field.value));
    }
  }
  trace_->Note(timeline_->now(), who_, line);
}

Result<std::shared_ptr<const plan::ZoneRules>> NoZones::Find(const std::string& name) const {
  return Fail(ErrorCode::kInvalidArgument, "there are no time zones here", name);
}

}  // namespace lakeferry::sim
