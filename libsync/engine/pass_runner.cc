#include "engine/pass_runner.h"

#include <utility>

#include "engine/incident_mail.h"

namespace lakeferry::engine {

bool NeedsPerson(ErrorCode code) { return !IsTransient(code) && code != ErrorCode::kCorruptData; }

Task<RunOutcome> PassRunner::Run(GroupWorker& worker, std::stop_token stop) {
  Result<PassResult> result = co_await worker.RunOnce(std::move(stop));
  if (result) {
    co_await NoteSuccess(worker, *result);
    co_return RunOutcome{.result = std::move(result), .next = NextPass::kAtInterval};
  }
  const ErrorCode code = result.error().code;
  if (code == ErrorCode::kCancelled) {
    worker.book().SetStage(plan::GroupStage::kFailed);
    co_return RunOutcome{.result = std::move(result), .next = NextPass::kAtInterval};
  }
  co_await NoteFailure(worker, result.error());
  const bool retry = !NeedsPerson(code) && worker.book().record().attempts <= worker.spec().max_retries;
  co_return RunOutcome{.result = std::move(result), .next = retry ? NextPass::kAfterBackoff : NextPass::kAtInterval};
}

Task<void> PassRunner::NoteFailure(GroupWorker& worker, Error error) {
  GroupBook& book = worker.book();
  GroupRecord& record = book.record();
  const bool halted = NeedsPerson(error.code);
  book.SetStage(halted ? plan::GroupStage::kHalted : plan::GroupStage::kFailed);
  ++record.attempts;
  record.last_error = ToString(Error{.code = error.code, .message = error.message, .where = error.where});
  record.last_error_remedy = error.remedy;
  record.reason = record.last_error;
  if (!record.failing_since) record.failing_since = env_.clock.WallTime();
  env_.log.Write(LogLevel::kError, "pass failed",
                 {{"group", worker.spec().name},
                  {"role", std::string(RoleName(record.role))},
                  {"attempt", record.attempts},
                  {"error", record.last_error},
                  {"remedy", error.remedy}});
  const bool incident = halted || record.attempts > worker.spec().max_retries;
  const bool mail = incident && !record.failure_notified && !FailureRecipients(worker.spec()).empty();
  if (mail) {
    record.failure_notified = true;
    mails_.Spawn(MailFailure(worker));
  }
  NoteRisk(worker);
  co_await SaveOrLog(worker);
}

void PassRunner::NoteRisk(GroupWorker& worker) {
  GroupRecord& record = worker.book().record();
  if (record.risk == Risk::kNone) record.risk_notified = Risk::kNone;
  if (record.risk <= record.risk_notified || FailureRecipients(worker.spec()).empty()) return;
  record.risk_notified = record.risk;
  mails_.Spawn(MailRisk(worker));
}

Task<void> PassRunner::MailRisk(GroupWorker& worker) {
  const Message mail = RiskMail(worker.spec(), worker.book().record(), env_.region);
  Status sent = co_await env_.notifier.Send(mail);
  if (sent) co_return;
  env_.log.Write(LogLevel::kError, "mail not sent", {{"group", worker.spec().name}, {"error", ToString(sent.error())}});
  if (sent.error().code == ErrorCode::kRefused) co_return;
  worker.book().record().risk_notified = Risk::kNone;
  co_await SaveOrLog(worker);
}

Task<void> PassRunner::MailFailure(GroupWorker& worker) {
  const Message mail = FailureMail(worker.spec(), worker.book().record(), env_.region);
  Status sent = co_await env_.notifier.Send(mail);
  if (sent) co_return;
  env_.log.Write(LogLevel::kError, "mail not sent", {{"group", worker.spec().name}, {"error", ToString(sent.error())}});
  if (sent.error().code == ErrorCode::kRefused) co_return;  // those it could reach have it
  // The next failed pass tries again, of another process too, as long as the incident lasts.
  worker.book().record().failure_notified = false;
  co_await SaveOrLog(worker);
}

Task<void> PassRunner::MailAnd(Message mail, std::string group) {
  Status sent = co_await env_.notifier.Send(std::move(mail));
  if (sent) co_return;
  env_.log.Write(LogLevel::kError, "mail not sent", {{"group", group}, {"error", ToString(sent.error())}});
}

Task<void> PassRunner::NoteSuccess(GroupWorker& worker, PassResult result) {
  GroupRecord& record = worker.book().record();
  if (record.failure_notified && record.failing_since) {
    mails_.Spawn(MailAnd(RecoveryMail(worker.spec(), record, env_.region, *record.failing_since, record.last_error,
                                      env_.clock.WallTime()),
                         worker.spec().name));
  }
  if (result.epoch && record.role == Role::kReceiver && !worker.spec().success_mail_to.empty()) {
    mails_.Spawn(MailAnd(SuccessMail(worker.spec(), record, env_.region), worker.spec().name));
  }
  record.validated = true;
  record.attempts = 0;
  record.last_error.clear();
  record.last_error_remedy.clear();
  record.failing_since.reset();
  record.failure_notified = false;
  record.reason = result.reason;
  if (result.held) record.state = "held";
  if (!result.risk_may_pass || record.risk == Risk::kError) NoteRisk(worker);
  co_await SaveOrLog(worker);
}

Task<void> PassRunner::SaveOrLog(GroupWorker& worker) {
  Status saved = co_await worker.book().Save();
  if (saved) co_return;
  env_.log.Write(LogLevel::kError, "metadata store cannot be written",
                 {{"group", worker.spec().name}, {"error", ToString(saved.error())}});
}

}  // namespace lakeferry::engine
