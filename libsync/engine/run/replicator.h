// Replicator: every group that this process has a duty for, each in its own loop, until asked to stop. Groups do not
// wait for one another.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "engine/environment.h"
#include "engine/run/pass_runner.h"
#include "engine/run/replicator_snapshot.h"
#include "plan/group/duty.h"

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
  Task<std::vector<GroupOutcome>> RunOnce(Call call);
  // Repeats passes until it is stopped; then lets running copies end and returns.
  Task<void> Run(Call call);
  // Takes other duties, now or once Run begins: running passes end first, then loops begin anew.
  void Reload(std::vector<plan::Duty> duties);
  [[nodiscard]] ReplicatorSnapshot Snapshot() const;

 private:
  Task<void> Loop(Call call, GroupWorker& worker);
  Task<void> RunInto(Call call, GroupWorker& worker, GroupOutcome* outcome);
  void Build(std::vector<plan::Duty> duties);

  const Environment& env_;
  boost::asio::any_io_executor executor_;
  TaskGroup mails_;
  PassRunner runner_;
  std::vector<std::unique_ptr<GroupWorker>> workers_;
  std::optional<std::vector<plan::Duty>> reload_;
  std::stop_source round_;  // ends the loops of the present configuration
};

}  // namespace lakeferry::engine
