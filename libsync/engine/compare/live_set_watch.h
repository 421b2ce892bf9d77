// LiveSetWatch: compares the live files of a group's tables with what their epoch says, each once in verify_interval,
// one table a pass at most, and within a share of the time. The metadata store remembers when each was compared and
// what came of it, so that a restart does not begin anew. What differed is compared again before a pass does anything.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/compare/live_set_check.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// `env` and `spec` must outlive its tasks. One task at a time.
class LiveSetWatch {
 public:
  LiveSetWatch(const Environment& env, const plan::GroupSpec& spec, Role role) : env_(env), spec_(spec), role_(role) {}

  // The tables that differed when they were last compared.
  Task<Result<std::vector<std::string>>> Differing(Call call);
  // The table whose turn it is; absent for none. Tables that were never compared count as compared at `since`.
  Task<Result<std::optional<std::string>>> Due(TimeMs since);
  // Compares it and remembers the answer. What cannot be compared is remembered as that, logged, and tried again within
  // the hour; it does not make good what differed before, unless it is a replica that was moved away, or the other side
  // has found since what the replay before found: a source's log may be cleaned up in between. Where the call is
  // stopped, or it is too early to look again at what differed, the answer is the one before, with nothing found.
  Task<Result<LiveSetVerdict>> Compare(Call call, LiveSetSubject subject);
  // Has on record that a replay for another purpose has found the table to be what `epoch` says.
  Task<Status> NoteSame(Call call, std::string table, Epoch epoch, Version version);

 private:
  Task<Status> Open(Call call);
  Task<Status> Remember(Call call, LiveSetCheck check);
  // What the table's last comparison came to; not checked where there was none.
  [[nodiscard]] LiveSetVerdict Last(const std::string& table) const;
  // The last comparison, of the same version with the same epoch, found what the other side has found.
  [[nodiscard]] bool FoundThereToo(const LiveSetSubject& subject) const;
  // Comparing takes no more than its share.
  [[nodiscard]] bool MayWork() const { return env_.clock.Monotonic() >= not_before_; }

  const Environment& env_;
  const plan::GroupSpec& spec_;
  Role role_;
  bool open_ = false;
  std::map<std::string, LiveSetCheck> checks_;  // by table
  Millis not_before_{0};
};

}  // namespace lakeferry::engine
