// One pass over one group, as the loop that repeats it sees it, whichever the role.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/group_state.h"
#include "base/ids.h"
#include "base/result.h"
#include "engine/group/group_book.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

struct PassResult {
  std::optional<Epoch> epoch;             // newest epoch staged or applied by this pass
  std::string reason;                     // why there was nothing to do, or what the group waits for, for people
  GroupState state = GroupState::kIdle;   // in which the pass leaves the group: idle, waiting, restaging or held
  std::vector<std::string> run_ids = {};  // that the epochs of this pass hold
  int64_t files = 0;
  int64_t bytes = 0;
  bool risk_may_pass = false;  // what the record says of a risk is new, and nobody is told by mail before the next pass
};

// When a pass may cut.
enum class Pace {
  kAtOnce,      // somebody asked for it
  kByInterval,  // not before the sync interval has passed since the last cut
};

// What becomes of a group whose staging another sender works for.
enum class Claim {
  kRespect,   // it is refused, naming the other
  kTakeOver,  // somebody said that the other works no more
};

class GroupWorker {
 public:
  virtual ~GroupWorker() = default;
  virtual Task<Result<PassResult>> RunOnce(Call call) = 0;
  // Whether anything that can make work is other than the last pass has seen it, or, after one that failed, other than
  // when this was asked first; that it cannot be asked is such a thing. Cheap: one request to the staging location at
  // most, and one for the runs of a workflow.
  virtual Task<Result<bool>> HasNews(Call call) = 0;
  // After a pass that ended anywhere: what it knows of staging and tables is read anew by the next.
  virtual void Forget() = 0;
  [[nodiscard]] virtual const plan::GroupSpec& spec() const = 0;
  [[nodiscard]] virtual GroupBook& book() = 0;
  // Of the passes to come.
  void set_pace(Pace pace) { pace_ = pace; }
  [[nodiscard]] Pace pace() const { return pace_; }
  // Of the passes to come; a receiver has nothing to claim.
  void set_claim(Claim claim) { claim_ = claim; }
  [[nodiscard]] Claim claim() const { return claim_; }

 private:
  Pace pace_ = Pace::kAtOnce;
  Claim claim_ = Claim::kRespect;
};

}  // namespace lakeferry::engine
