// DirectTargets: the targets below which a sender puts data files by itself, instead of staging them. It does so where
// nobody else's files can be: in a folder that was empty when it began, or in a replica that the receiver is known to
// have made. That a target was found so is written down in staging once (PROTOCOL.md section 2), for by the next
// attempt the target holds what this one has put there.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "engine/environment.h"
#include "engine/staging/staging_area.h"
#include "plan/group/table_spec.h"

namespace lakeferry::engine {

// `env` must outlive its tasks.
class DirectTargets {
 public:
  explicit DirectTargets(const Environment& env) : env_(env) {}

  // The table's target, opened to place files there; null where they have to go through staging. `applied`: the newest
  // epoch that the receiver has applied, 0 for none; its receipt says to which targets. Costs a request for each target
  // in a process, and two or three more before the first of it. Errors: the stores'.
  Task<Result<std::shared_ptr<ObjectStore>>> Open(Call call, const StagingArea& staging, plan::TableSpec table,
                                                  Epoch applied);
  // What was found so far is asked again.
  void Forget() { known_.clear(); }

 private:
  Task<Result<bool>> IsOurs(Call call, const StagingArea& staging, ObjectStore& target, const plan::TableSpec& table,
                            Epoch applied);

  const Environment& env_;
  std::set<std::string> known_;  // by URI
};

}  // namespace lakeferry::engine
