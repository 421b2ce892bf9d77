// RetentionWatch: on every pass of the sender, for how long the sources keep removed files and commits, and since when
// there are some that the group has not sent. What that threatens, plan/incident/group_risk.h says.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/cut/cut_maker.h"
#include "engine/cut/sender_position.h"
#include "engine/environment.h"
#include "engine/send/source_look.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// `env` and `spec` must outlive it; one task at a time.
class RetentionWatch {
 public:
  RetentionWatch(const Environment& env, const plan::GroupSpec& spec) : env_(env), spec_(spec) {}

  // What a pass knows of the tables: `found`'s, where it has read their logs. Where it has not, there is no cut, and
  // the next one lies ahead: what the source removes before it is no matter, but for a mirror's versions between cuts.
  // The newest epoch then tells; only where that is old, what has come since by `sights` is read, once. A source that
  // cannot be read is passed over with a log line, for whether it can is not the question here.
  Task<std::vector<plan::TableKeeping>> Look(Call call, const SenderPosition& position, const CutOutcome& found,
                                             const SourceSights& sights);

 private:
  // A table between two versions, neither of which changes.
  struct Seen {
    Version base;
    Version newest;
    plan::TableKeeping keeping;
  };
  [[nodiscard]] bool IsLate(const plan::Retention& retention, std::optional<TimeMs> cut_time) const;
  // Of a table with commits after its base; absent: it has none, or its retention is not known.
  Task<Result<std::optional<plan::TableKeeping>>> ReadSince(Call call, plan::TableSpec table, plan::ManifestTable base,
                                                            SourceSight sight);

  const Environment& env_;
  const plan::GroupSpec& spec_;
  std::map<std::string, Seen> seen_;  // by table
};

}  // namespace lakeferry::engine
