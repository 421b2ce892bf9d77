// GroupBook: the metadata store's record of one group and role, kept by the pass that works on it. Writes only what
// changed, so that an idle poll writes nothing.
#pragma once

#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "engine/environment.h"
#include "plan/group/group_spec.h"
#include "plan/group/group_stage.h"
#include "plan/trace/epoch_trace.h"

namespace lakeferry::engine {

// `env` and `spec` must outlive its tasks.
class GroupBook {
 public:
  GroupBook(const Environment& env, const plan::GroupSpec& spec, Role role) : env_(env), spec_(spec), role_(role) {
    TakeNames();
  }

  [[nodiscard]] Role role() const { return role_; }
  // Reads the record, or begins one; brings configured names up to date. Cheap when already open.
  Task<Status> Open(Call call);
  [[nodiscard]] GroupRecord& record() { return record_; }
  [[nodiscard]] const GroupRecord& record() const { return record_; }
  [[nodiscard]] plan::GroupStage stage() const { return stage_; }

  // Of a group whose tables were looked up: the record has them with the next Save.
  void TakeTables();

  // Moves to `stage`, and the record to the state that it is, where it is one: to look for work is none. An illegal
  // move is a bug and ends the process.
  void SetStage(plan::GroupStage stage);
  // The stages since the pass, or the intake of its last epoch, began; none where there is no tracer.
  [[nodiscard]] const std::vector<plan::StageMark>& marks() const { return marks_; }
  // With the next Save that succeeds these are on record too.
  void Post(std::vector<Notice> notices) {
    posted_.insert(posted_.end(), std::make_move_iterator(notices.begin()), std::make_move_iterator(notices.end()));
  }
  // Saves the record, if it changed, together with `more` in one transaction. Nothing before Open has succeeded.
  Task<Status> Save(Call call, StateChange more = {});

 private:
  void TakeNames();
  void Mark(plan::GroupStage stage);
  void EnterState(plan::GroupStage stage);
  void CarryOver(GroupRecord incident);

  const Environment& env_;
  const plan::GroupSpec& spec_;
  Role role_;
  bool open_ = false;
  plan::GroupStage stage_ = plan::GroupStage::kIdle;
  GroupRecord record_;
  std::optional<GroupRecord> saved_;
  std::vector<Notice> posted_;
  std::vector<plan::StageMark> marks_;
};

}  // namespace lakeferry::engine
