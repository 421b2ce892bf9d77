// SimStateStore: one process's view of its metadata store: calls pass the gate, and a Save is all or nothing.
// SimLedger: what a scheduler knows of runs. SimMailbox, SimLog and the like: the rest of a process's world. One
// thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "env/logger.h"
#include "env/notifier.h"
#include "env/workflow_source.h"
#include "plan/group/cron.h"
#include "tests/sim/world/gate.h"
#include "tests/sim/world/observer.h"
#include "tests/sim/world/trace.h"
#include "tests/support/line_checkpoints.h"
#include "tests/support/memory_scratch.h"
#include "tests/support/memory_state_store.h"

namespace lakeferry::sim {

class SimStateStore : public StateStore {
 public:
  SimStateStore(MemoryStateStore* inner, Actor actor, Gate* gate, Observer* observer)
      : inner_(inner), actor_(std::move(actor)), gate_(gate), observer_(observer) {}

  Task<Status> Save(Call call, StateChange change) override;
  Task<Result<std::optional<GroupRecord>>> Group(Call call, Role role, std::string group) override;
  Task<Result<std::vector<GroupRecord>>> Groups(Call call) override;
  Task<Result<std::vector<EpochRecord>>> Epochs(Call call, Role role, std::string group, int64_t limit) override;
  Task<Result<std::vector<LiveSetCheck>>> LiveSetChecks(Call call, Role role,
                                                        std::optional<std::string> group) override;
  Task<Result<std::string>> Journal(Call call, std::string group) override;
  Task<Result<std::vector<Run>>> Runs(Call call, std::string workflow, TimeMs since) override;
  Task<Result<std::vector<RunRemoval>>> RemovedRuns(Call call, std::string workflow) override;
  Task<Result<std::vector<Instruction>>> Instructions(Call call, Role role, std::string group, int64_t limit) override;
  Task<Result<std::vector<Notice>>> Notices(Call call) override;

 private:
  Task<Status> EnterRead(std::string what);
  MemoryStateStore* inner_;
  Actor actor_;
  Gate* gate_;
  Observer* observer_;
};

// What the scheduler of the source region knows, by its own clock; the world writes it, processes read it.
class SimLedger {
 public:
  // How far its clock is off, and whether it tells whole seconds alone.
  void SetClock(Millis offset, bool whole_seconds) {
    clock_offset_ = offset;
    whole_seconds_ = whole_seconds;
  }
  // What its clock shows at a true time.
  [[nodiscard]] TimeMs TimeAt(TimeMs truth) const;
  [[nodiscard]] Millis end_slack() const { return Millis(whole_seconds_ ? 999 : 0); }
  void Put(Run run);
  [[nodiscard]] const std::map<std::pair<std::string, std::string>, Run>& runs() const { return runs_; }
  [[nodiscard]] Result<std::vector<Run>> Since(const std::string& workflow, TimeMs since) const;

 private:
  Millis clock_offset_{0};
  bool whole_seconds_ = false;
  std::map<std::pair<std::string, std::string>, Run> runs_;
};

class SimWorkflowSource : public WorkflowSource {
 public:
  SimWorkflowSource(const SimLedger* ledger, Gate* gate) : ledger_(ledger), gate_(gate) {}
  Task<Result<std::vector<Run>>> RunsSince(Call call, std::string workflow, TimeMs since) override;
  Task<Result<std::optional<TimeMs>>> PresentTime(Call call) override;
  [[nodiscard]] std::string_view name() const override { return "scheduler"; }
  [[nodiscard]] std::string HowToCorrect(const Run& run) const override { return "ask the scheduler of " + run.run_id; }
  [[nodiscard]] std::string HowToEnter(const std::string& workflow) const override { return "schedule " + workflow; }

 private:
  const SimLedger* ledger_;
  Gate* gate_;
};

// Keeps what was sent, by process.
class SimMailbox {
 public:
  struct Mail {
    TimeMs at;
    std::string from;
    Incident incident;
  };
  std::vector<Mail> mails;
};

class SimNotifier : public Notifier {
 public:
  SimNotifier(SimMailbox* mailbox, std::string from, Gate* gate)
      : mailbox_(mailbox), from_(std::move(from)), gate_(gate) {}
  Task<Status> Send(Call call, Incident incident) override;

 private:
  SimMailbox* mailbox_;
  std::string from_;
  Gate* gate_;
};

// Puts log lines into the trace when it is printed; they are no part of the digest's meaning but of its bytes.
class SimLog : public Logger {
 public:
  SimLog(Trace* trace, const Timeline* timeline, std::string who)
      : trace_(trace), timeline_(timeline), who_(std::move(who)) {}
  void Write(LogLevel level, std::string_view event, std::vector<LogField> fields) override;

 private:
  Trace* trace_;
  const Timeline* timeline_;
  std::string who_;
};

class NoZones : public plan::ZoneSource {
 public:
  [[nodiscard]] Result<std::shared_ptr<const plan::ZoneRules>> Find(const std::string& name) const override;
};

}  // namespace lakeferry::sim
