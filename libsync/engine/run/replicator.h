// Replicator: every group that this process has a duty for, each in its own loop, until asked to stop. Groups do not
// wait for one another.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "async/event.h"
#include "engine/environment.h"
#include "engine/run/pass_requests.h"
#include "engine/run/pass_runner.h"
#include "engine/run/replicator_snapshot.h"
#include "plan/group/duty.h"
#include "plan/record/instruction.h"

namespace lakeferry::engine {

// What one pass over one group came to.
struct GroupOutcome {
  std::string group;
  Result<PassResult> result;
};

// `env` must outlive it; runs on one executor.
class Replicator {
 public:
  Replicator(boost::asio::any_io_executor executor, const Environment& env, std::vector<plan::Duty> duties);
  ~Replicator();

  // One pass over every group, and the mails it gave rise to.
  Task<std::vector<GroupOutcome>> RunOnce(Call call, Claim claim = Claim::kRespect);
  // Repeats passes until it is stopped; then lets running copies end and returns.
  Task<void> Run(Call call);
  // What passes come to that Run makes because of this: over the groups of these names, or over all where there is
  // none, at once, and each begun after this call. A reload meanwhile changes nothing for a group that stays. In the
  // place of a name that this process has no duty for, kInvalidArgument; kCancelled once Run has ended. `groups` are
  // distinct.
  Task<std::vector<GroupOutcome>> SyncNow(std::vector<std::string> groups, Claim claim);
  // What a person wants of a group, as of engine::Instruct. It is on record when this returns; where it pauses the
  // group, the pass under way ends at its next safe point, and where it does not, the next one begins at once.
  // kInvalidArgument where this process has no such duty.
  Task<Result<GroupRecord>> Instruct(Instruction instruction);
  // Takes other duties, now or once Run begins: running passes end first, then loops begin anew.
  void Reload(std::vector<plan::Duty> duties);
  [[nodiscard]] ReplicatorSnapshot Snapshot() const;

 private:
  // Begins a loop for each worker; not for all where the round ends meanwhile.
  Task<void> BeginLoops(Call round, TaskGroup& loops);
  Task<void> Loop(Call call, GroupWorker& worker, std::shared_ptr<PassRequests> requests);
  Task<void> RunInto(Call call, GroupWorker& worker, GroupOutcome* outcome);
  Task<void> InstructInto(GroupWorker& worker, Instruction instruction, Result<GroupRecord>* outcome, Event* done);
  Task<void> AskInto(std::string group, Claim claim, GroupOutcome* outcome);
  void Build(std::vector<plan::Duty> duties);
  void EndRequests();
  // Whoever asks for passes over groups that are no more has an answer; over new ones they can be asked for.
  void SetRequests(const std::vector<plan::Duty>& duties);

  const Environment& env_;
  boost::asio::any_io_executor executor_;
  TaskGroup mails_;
  PassRunner runner_;
  std::vector<std::unique_ptr<GroupWorker>> workers_;
  std::map<std::string, std::shared_ptr<PassRequests>> requests_;  // by group; of the duties that were given last
  std::optional<std::vector<plan::Duty>> reload_;
  std::stop_source round_;  // ends the loops of the present configuration
};

}  // namespace lakeferry::engine
