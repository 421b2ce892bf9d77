// MemoryStateStore: a deterministic StateStore in memory, for tests and simulations. One thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "env/state_store.h"

namespace lakeferry {

class MemoryStateStore : public StateStore {
 public:
  // Awaited around each Save, and before all that is read; may be empty. An error before: nothing is saved. An error
  // after: all is saved, and Save says it is not.
  struct Hooks {
    std::function<Task<Status>()> before_save;
    std::function<Task<Status>()> after_save;
    std::function<Task<Status>()> before_read;
  };
  void set_hooks(Hooks hooks) { hooks_ = std::move(hooks); }
  // Forgets everything, as when the file was moved away.
  void Clear();

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
  Hooks hooks_;
  std::map<std::pair<Role, std::string>, GroupRecord> groups_;
  std::map<std::tuple<Role, std::string, Epoch>, EpochRecord> epochs_;
  std::map<std::tuple<Role, std::string, std::string>, LiveSetCheck> live_set_checks_;
  std::map<std::pair<std::string, std::string>, Run> runs_;
  std::map<std::string, std::string> journals_;
  std::vector<RunRemoval> removals_;
  std::vector<Instruction> instructions_;
  std::map<std::string, Notice> notices_;  // by id
};

}  // namespace lakeferry
