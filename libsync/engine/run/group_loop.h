// GroupLoop: the passes of one group, one after the other, as long as a service runs: at once where there is news or
// somebody asks for one, after a backoff where one has failed, and now and then in any case.
#pragma once

#include "engine/run/pass_requests.h"
#include "engine/run/pass_runner.h"

namespace lakeferry::engine {

// What it is given must outlive its tasks.
class GroupLoop {
 public:
  GroupLoop(const Environment& env, PassRunner& runner, GroupWorker& worker, PassRequests& requests)
      : env_(env), runner_(runner), worker_(worker), requests_(requests) {}

  // Until the call is stopped; a pass that has begun is waited for.
  Task<void> Run(Call call);

 private:
  [[nodiscard]] Millis PauseAfter(const RunOutcome& run);
  // Until the pause is over, or there is news, or somebody asks for a pass.
  Task<void> Rest(Call call, Millis pause);

  const Environment& env_;
  PassRunner& runner_;
  GroupWorker& worker_;
  PassRequests& requests_;
};

}  // namespace lakeferry::engine
