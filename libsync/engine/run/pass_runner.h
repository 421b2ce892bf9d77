// PassRunner: one pass over one group with everything around it: the record of success or failure, and the mails of an
// incident, one each and never waited for.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "async/task_group.h"
#include "engine/environment.h"
#include "engine/group/pass.h"
#include "engine/run/pass_counters.h"

namespace lakeferry::engine {

// How the next pass should come.
enum class NextPass {
  kAtInterval,    // nothing more to do now, or only a person can help
  kAfterBackoff,  // failed in a way that may pass
};

struct RunOutcome {
  Result<PassResult> result;
  NextPass next = NextPass::kAtInterval;
};

// True iff only a person can help.
[[nodiscard]] bool NeedsPerson(ErrorCode code);
// The state in which a pass that fails with the code leaves a group.
[[nodiscard]] GroupState StateAfter(ErrorCode code);

// `env`, `mails` and the workers must outlive its tasks.
class PassRunner {
 public:
  PassRunner(const Environment& env, TaskGroup& mails) : env_(env), mails_(mails) {}

  Task<RunOutcome> Run(Call call, GroupWorker& worker);
  // Passes that have ended in its life, in whatever way.
  [[nodiscard]] size_t ended() const { return ended_; }
  // Whether passes are started one by one (--once): the record says so, for nobody can tell then when the next comes.
  void set_by_passes(bool by_passes) { by_passes_ = by_passes; }
  [[nodiscard]] const CountersByGroup& counters() const { return counters_; }

 private:
  Task<void> NoteFailure(Call call, GroupWorker& worker, Error error);
  void LogFailure(const Call& call, const GroupRecord& record);
  // Of a group that somebody has paused: nothing is done, and nobody is told but of an rpo that is passed.
  Task<RunOutcome> NotePaused(Call call, GroupWorker& worker);
  // On record with the next save.
  void Post(GroupWorker& worker, const Incident& incident) const;
  // Of a group that has failed before.
  void LogRecovery(const Call& call, const GroupRecord& record);
  Task<void> NoteSuccess(Call call, GroupWorker& worker, PassResult result);
  // A stop is no failure: a group that failed before goes on failing, any other waits for the next start.
  Task<void> NoteStop(Call call, GroupWorker& worker, GroupState before);
  // Whether finished work waits for longer than the group allows; as far as records of past epochs can be read.
  Task<bool> IsLate(Call call, GroupWorker& worker) const;
  // One mail and one notice an incident, where the record's state is one.
  void NoteIncident(GroupWorker& worker);
  // Of a group that is late or held: the mail and the notices, unless they are out.
  void OpenIncident(GroupWorker& worker);
  void NoteEndOfIncident(GroupWorker& worker);
  // A sign of life, not after every look: an idle poll writes nothing.
  void NoteAlive(GroupRecord& record) const;
  Task<void> MailFailure(Call call, GroupWorker& worker);
  // Of a risk that is new, or worse than the one that was mailed.
  void NoteRisk(GroupWorker& worker);
  Task<void> MailRisk(Call call, GroupWorker& worker);
  Task<void> Tell(Call call, Incident incident);
  // Whether mails can be sent, for `status` to say before one is due.
  Task<void> NoteMail(Call call, GroupWorker& worker);
  Task<void> SaveOrLog(Call call, GroupWorker& worker);

  const Environment& env_;
  TaskGroup& mails_;
  bool by_passes_ = false;
  size_t ended_ = 0;
  CountersByGroup counters_;
  std::map<std::string, std::string> said_;  // by group: the error that the log has
};

}  // namespace lakeferry::engine
