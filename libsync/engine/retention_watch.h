// RetentionWatch: on every pass of the sender, whether the sources keep removed files and commits for as long as the
// group needs them: by its interval, and by how long it has not sent what there is.
#pragma once

#include <string>
#include <vector>

#include "engine/cut_maker.h"
#include "engine/environment.h"
#include "engine/sender_position.h"

namespace lakeferry::engine {

struct RetentionRisk {
  Risk risk = Risk::kNone;
  std::string text;
  std::string remedy;
};

// `env` and `spec` must outlive its tasks.
class RetentionWatch {
 public:
  RetentionWatch(const Environment& env, const plan::GroupSpec& spec) : env_(env), spec_(spec) {}

  // What a pass knows of the tables: `found`'s, where it has read their logs. Where it has not, the newest epoch's, and
  // only where that is old enough to matter the logs are listed; a source that cannot be listed is passed over with a
  // log line, for whether it can is not the question here.
  Task<std::vector<TableKeeping>> Look(const SenderPosition& position, const CutOutcome& found) const;

  // The worst of all tables: an error where the lag has reached a retention, a warning where it has reached half of one
  // or where one is below twice the interval.
  [[nodiscard]] RetentionRisk Judge(const std::vector<TableKeeping>& tables) const;

 private:
  Task<Result<std::optional<TimeMs>>> OldestUnsent(plan::ManifestTable base) const;

  const Environment& env_;
  const plan::GroupSpec& spec_;
};

}  // namespace lakeferry::engine
