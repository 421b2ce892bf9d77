#include "engine/run/pass_runner.h"

#include <fmt/format.h>

#include <bit>
#include <utility>

#include "async/within_memory.h"
#include "base/saturated.h"
#include "base/shown_text.h"
#include "plan/group/group_places.h"
#include "plan/group/past_epochs.h"
#include "plan/incident/group_incidents.h"
#include "plan/incident/group_notices.h"

namespace lakeferry::engine {

namespace {

// The silence that `status` still takes for work is a multiple of this (plan/group/lateness.h).
constexpr Millis kAliveEvery = std::chrono::minutes(5);

// Whether an incident goes on, though the pass found nothing wrong: a table that is on its way again has not arrived,
// and a group that was held has cut nothing yet.
bool StaysOpen(const GroupRecord& record, const PassResult& result) {
  if (result.state == GroupState::kRestaging) return true;
  const bool was_held = record.failing_since && record.attempts == 0;
  return was_held && result.state == GroupState::kWaiting && !result.epoch;
}

bool WantsMail(const plan::GroupSpec& spec) {
  return !plan::FailureRecipients(spec).empty() || !spec.success_mail_to.empty();
}

}  // namespace

bool NeedsPerson(ErrorCode code) { return !IsTransient(code) && code != ErrorCode::kCorruptData; }

GroupState StateAfter(ErrorCode code) {
  if (code == ErrorCode::kDiverged) return GroupState::kDiverged;
  return NeedsPerson(code) ? GroupState::kHalted : GroupState::kFailed;
}

namespace {

class CountAtEnd {
 public:
  explicit CountAtEnd(size_t& count) : count_(count) {}
  ~CountAtEnd() { ++count_; }
  CountAtEnd(const CountAtEnd&) = delete;
  CountAtEnd& operator=(const CountAtEnd&) = delete;

 private:
  size_t& count_;
};

// A pass that ran out of memory ended anywhere: the next believes nothing that this one has kept.
Task<Result<PassResult>> Pass(Call call, const Environment& env, GroupWorker& worker) {
  LF_CO_TRY_OK(env.copy_slots.bandwidth(worker.spec().name).Use(worker.spec().bandwidth, env.zones));
  bool ended = false;
  auto pass = [](Call on, GroupWorker* of, bool* whole) -> Task<Result<PassResult>> {
    Result<PassResult> result = co_await of->RunOnce(std::move(on));
    *whole = true;
    co_return result;
  };
  Result<PassResult> result = co_await TaskWithinMemory(pass(call, &worker, &ended));
  if (ended) co_return result;
  worker.Forget();
  Error error = std::move(result).error();
  error.message = fmt::format("the pass over group '{}' was given up: {}", worker.spec().name, error.message);
  co_return std::unexpected(std::move(error));
}

void CountPass(const Result<PassResult>& result, PassCounters& counters) {
  if (!result && result.error().code == ErrorCode::kCancelled) return;
  ++counters.passes;
  if (!result) {
    ++counters.failures[result.error().code];
    return;
  }
  counters.epochs += result->epoch ? 1 : 0;
  counters.files = AddSaturated(counters.files, result->files);
  counters.bytes = AddSaturated(counters.bytes, result->bytes);
}

}  // namespace

// People are told beside the passes, never before the next one: a dead mail server must not hold up replication. What
// is told is taken from the record as it is when the pass ends, and the record says that it is told before it is on its
// way, so that the next pass does not tell it again. A message that did not go out takes that back, and whichever pass
// comes then, of another process too, tells it. A stop ends no message: it may be the one that says why.
Task<RunOutcome> PassRunner::Run(Call call, GroupWorker& worker) {
  const CountAtEnd ended(ended_);
  const GroupState before = worker.book().record().state;
  // Where it cannot be read, the pass says so.
  const Status open = co_await TaskWithinMemory(worker.book().Open(call));
  if (open && worker.book().record().paused) co_return co_await NotePaused(call, worker);
  Result<PassResult> result = co_await Pass(call, env_, worker);
  CountPass(result, counters_[worker.spec().name]);
  if (!result) plan::PlaceIn(worker.spec(), result.error().where);
  if (WantsMail(worker.spec())) mails_.Spawn(NoteMail(call.Unstoppable(), worker));
  if (result) {
    co_await NoteSuccess(call, worker, *result);
    co_return RunOutcome{.result = std::move(result), .next = NextPass::kAtInterval};
  }
  const ErrorCode code = result.error().code;
  if (code == ErrorCode::kCancelled) {
    co_await NoteStop(call, worker, before);
    co_return RunOutcome{.result = std::move(result), .next = NextPass::kAtInterval};
  }
  co_await NoteFailure(call, worker, result.error());
  const bool retry = !NeedsPerson(code) && worker.book().record().attempts <= worker.spec().max_retries;
  co_return RunOutcome{.result = std::move(result), .next = retry ? NextPass::kAfterBackoff : NextPass::kAtInterval};
}

void PassRunner::Post(GroupWorker& worker, const Incident& incident) const {
  worker.book().Post(plan::NoticesOf(worker.spec(), incident, env_.clock.WallTime()));
}

// Nobody looks whether work has come since, so that the group's rpo counts from the pause on.
Task<RunOutcome> PassRunner::NotePaused(Call call, GroupWorker& worker) {
  GroupRecord& record = worker.book().record();
  record.state = GroupState::kPaused;
  record.reason = plan::PauseText(*record.paused);
  record.phase.clear();
  NoteAlive(record);
  if (worker.spec().rpo && !record.waiting_since) record.waiting_since = record.paused->since;
  bool late = false;
  if (worker.spec().rpo) late = co_await IsLate(call, worker);
  if (late && !record.failing_since) record.failing_since = record.waiting_since;
  if (late) OpenIncident(worker);
  co_await SaveOrLog(call, worker);
  co_return RunOutcome{.result = PassResult{.epoch = {}, .reason = record.reason, .state = GroupState::kPaused},
                       .next = NextPass::kAtInterval};
}

Task<void> PassRunner::NoteFailure(Call call, GroupWorker& worker, Error error) {
  GroupBook& book = worker.book();
  GroupRecord& record = book.record();
  book.SetStage(NeedsPerson(error.code) ? plan::GroupStage::kHalted : plan::GroupStage::kFailed);
  record.state = StateAfter(error.code);
  ++record.attempts;
  record.last_error = ToString(Error{.code = error.code, .message = error.message, .where = error.where});
  record.last_error_kind = ErrorCodeName(error.code);
  record.last_error_where = std::move(error.where);
  record.last_error_remedy = FitToShow(error.remedy);
  record.reason = FitToShow(error.message);
  LogFailure(call, record);
  NoteIncident(worker);
  NoteRisk(worker);
  NoteAlive(record);
  co_await SaveOrLog(call, worker);
}

// A failure that lasts is a line at the first, second, fourth attempt and so on, and not one for each.
void PassRunner::LogFailure(const Call& call, const GroupRecord& record) {
  std::string& said = said_[record.group];
  const bool counts = std::has_single_bit(static_cast<uint64_t>(record.attempts));
  if (said == record.last_error && !counts && !by_passes_) return;
  said = record.last_error;
  env_.log.Write(call, LogLevel::kError, "pass failed",
                 {{"group", record.group},
                  {"role", std::string(RoleName(record.role))},
                  {"attempt", record.attempts},
                  {"kind", record.last_error_kind},
                  {"error", record.last_error},
                  {"where", LogPlace{record.last_error_where}},
                  {"remedy", record.last_error_remedy}});
}

void PassRunner::LogRecovery(const Call& call, const GroupRecord& record) {
  said_.erase(record.group);
  if (record.attempts == 0) return;
  std::vector<LogField> fields{
      {"group", record.group}, {"role", std::string(RoleName(record.role))}, {"failed_attempts", record.attempts}};
  if (record.failing_since) fields.push_back({"failed_ms", (env_.clock.WallTime() - *record.failing_since).count()});
  env_.log.Write(call, LogLevel::kInfo, "the group works again", std::move(fields));
}

Task<void> PassRunner::NoteStop(Call call, GroupWorker& worker, GroupState before) {
  GroupRecord& record = worker.book().record();
  worker.book().SetStage(plan::GroupStage::kFailed);
  const bool failing = record.attempts > 0;
  // Before the first pass of a process nothing was read yet.
  const GroupState known = before == GroupState::kUnknown ? GroupState::kFailed : before;
  record.state = failing ? known : GroupState::kWaiting;
  if (!failing) record.reason = "the last pass was stopped; the next goes on where it was";
  co_await SaveOrLog(call, worker);
}

Task<bool> PassRunner::IsLate(Call call, GroupWorker& worker) const {
  const GroupRecord& record = worker.book().record();
  if (!record.waiting_since) co_return false;
  const plan::Rhythm rhythm = plan::RhythmOfWork(record);
  const Millis waited = env_.clock.WallTime() - *record.waiting_since;
  // Past epochs only lengthen the bound: most passes need not read them.
  if (waited <= plan::WaitBound(worker.spec(), {}, rhythm)) co_return false;
  const Result<std::vector<EpochRecord>> epochs =
      co_await TaskWithinMemory(env_.state.Epochs(call, record.role, worker.spec().name, plan::kEpochsOfRhythm));
  co_return epochs&& waited > plan::WaitBound(worker.spec(), plan::PastOf(*epochs), rhythm);
}

void PassRunner::NoteIncident(GroupWorker& worker) {
  GroupRecord& record = worker.book().record();
  if (!record.failing_since) record.failing_since = env_.clock.WallTime();
  const MailRule rule = MailOf(record.state);
  const bool retried = record.attempts > worker.spec().max_retries;
  if (rule == MailRule::kAtOnce || (rule == MailRule::kAfterRetries && retried)) OpenIncident(worker);
}

void PassRunner::OpenIncident(GroupWorker& worker) {
  GroupRecord& record = worker.book().record();
  if (!record.announced && !worker.spec().notices.empty()) {
    record.announced = true;
    Post(worker, plan::FailureOf(worker.spec(), record, env_.region, env_.clock.WallTime()));
  }
  if (record.failure_notified || plan::FailureRecipients(worker.spec()).empty()) return;
  record.failure_notified = true;
  mails_.Spawn(MailFailure({}, worker));
}

void PassRunner::NoteAlive(GroupRecord& record) const {
  const TimeMs now = env_.clock.WallTime();
  const bool stale = !record.alive || *record.alive > now || now - *record.alive >= kAliveEvery;
  if (stale || by_passes_ || record.by_passes) record.alive = now;
  record.by_passes = by_passes_;
}

void PassRunner::NoteRisk(GroupWorker& worker) {
  GroupRecord& record = worker.book().record();
  if (record.risk == Risk::kNone) record.risk_notified = Risk::kNone;
  const bool anybody = !plan::FailureRecipients(worker.spec()).empty();
  if (record.risk <= record.risk_notified || (!anybody && worker.spec().notices.empty())) return;
  record.risk_notified = record.risk;
  Post(worker, plan::ThreatOf(worker.spec(), record, env_.region, env_.clock.WallTime()));
  if (anybody) mails_.Spawn(MailRisk({}, worker));
}

Task<void> PassRunner::MailRisk(Call call, GroupWorker& worker) {
  const Incident incident = plan::ThreatOf(worker.spec(), worker.book().record(), env_.region, env_.clock.WallTime());
  Status sent = co_await TaskWithinMemory(env_.notifier.Send(call, incident));
  if (sent) co_return;
  env_.log.Write(call, LogLevel::kError, "mail not sent",
                 {{"group", worker.spec().name}, {"error", ToString(sent.error())}});
  if (sent.error().code == ErrorCode::kRefused) co_return;
  worker.book().record().risk_notified = Risk::kNone;
  worker.book().record().mail_trouble = ToString(sent.error());
  co_await SaveOrLog(call, worker);
}

Task<void> PassRunner::MailFailure(Call call, GroupWorker& worker) {
  const Incident incident = plan::FailureOf(worker.spec(), worker.book().record(), env_.region, env_.clock.WallTime());
  Status sent = co_await TaskWithinMemory(env_.notifier.Send(call, incident));
  if (sent) co_return;
  env_.log.Write(call, LogLevel::kError, "mail not sent",
                 {{"group", worker.spec().name}, {"error", ToString(sent.error())}});
  if (sent.error().code == ErrorCode::kRefused) co_return;  // those it could reach have it
  // The next failed pass tries again, of another process too, as long as the incident lasts.
  worker.book().record().failure_notified = false;
  worker.book().record().mail_trouble = ToString(sent.error());
  co_await SaveOrLog(call, worker);
}

Task<void> PassRunner::Tell(Call call, Incident incident) {
  Status sent = co_await TaskWithinMemory(env_.notifier.Send(call, incident));
  if (sent) co_return;
  env_.log.Write(call, LogLevel::kError, "mail not sent",
                 {{"group", incident.group}, {"error", ToString(sent.error())}});
}

Task<void> PassRunner::NoteSuccess(Call call, GroupWorker& worker, PassResult result) {
  GroupRecord& record = worker.book().record();
  record.state = result.state;
  LogRecovery(call, record);
  NoteAlive(record);
  const bool late = co_await IsLate(call, worker);
  const bool incident = late || MailOf(record.state) != MailRule::kNever;
  if (!incident && !StaysOpen(record, result)) NoteEndOfIncident(worker);
  if (result.epoch && record.role == Role::kReceiver) {
    Incident brought = plan::NewEpochOf(worker.spec(), record, env_.region,
                                        {.run_ids = result.run_ids, .files = result.files, .bytes = result.bytes});
    Post(worker, brought);
    if (!brought.to.empty()) mails_.Spawn(Tell(call.Unstoppable(), std::move(brought)));
  }
  record.validated = true;
  record.attempts = 0;
  record.last_error.clear();
  record.last_error_kind.clear();
  record.last_error_where = {};
  record.last_error_remedy.clear();
  record.reason = result.reason;
  if (late && !record.failing_since) record.failing_since = record.waiting_since;
  if (incident) NoteIncident(worker);
  if (late) OpenIncident(worker);
  if (!result.risk_may_pass || record.risk == Risk::kError) NoteRisk(worker);
  co_await SaveOrLog(call, worker);
}

void PassRunner::NoteEndOfIncident(GroupWorker& worker) {
  GroupRecord& record = worker.book().record();
  if ((record.failure_notified || record.announced) && record.failing_since) {
    Incident over = plan::RecoveryOf(worker.spec(), record, env_.region, env_.clock.WallTime());
    if (record.announced) Post(worker, over);
    if (record.failure_notified) mails_.Spawn(Tell({}, std::move(over)));
  }
  record.failing_since.reset();
  record.failure_notified = false;
  record.announced = false;
}

Task<void> PassRunner::NoteMail(Call call, GroupWorker& worker) {
  const Status ready = co_await TaskWithinMemory(env_.notifier.Ready(call));
  std::string trouble = ready ? std::string() : ToString(ready.error());
  if (trouble == worker.book().record().mail_trouble) co_return;
  worker.book().record().mail_trouble = std::move(trouble);
  co_await SaveOrLog(call, worker);
}

Task<void> PassRunner::SaveOrLog(Call call, GroupWorker& worker) {
  Status saved = co_await TaskWithinMemory(worker.book().Save(call));
  if (saved) co_return;
  env_.log.Write(call, LogLevel::kError, "metadata store cannot be written",
                 {{"group", worker.spec().name}, {"error", ToString(saved.error())}});
}

}  // namespace lakeferry::engine
