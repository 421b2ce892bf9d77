// Retention: how long a table keeps removed files and old log entries, and whether that is long enough for a group
// that is looked at every so often.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "delta/action.h"

namespace lakeferry::plan {

struct Retention {
  Millis deleted_files;  // VACUUM leaves removed files so long
  Millis log;            // log clean-up leaves commits so long
};

// Reads an interval as Spark writes it in table properties: "interval 1 week", "7 days 12 hours", "INTERVAL 30 DAYS".
// kInvalidArgument for anything else, and for months and years, whose length is not known.
[[nodiscard]] Result<Millis> ParseInterval(std::string_view text);

// delta.deletedFileRetentionDuration and delta.logRetentionDuration, or Delta's defaults (a week, 30 days).
// kInvalidArgument, naming the property, for one that cannot be read.
[[nodiscard]] Result<Retention> RetentionOf(const delta::Metadata& metadata);

// What is wrong with a retention for a group whose epochs may be `interval` apart, in a person's words.
struct RetentionProblem {
  std::string what;
  std::string remedy;
  bool certain;  // true: it will fail sooner or later; false: it fails once a sync is as late as the interval is long
};
[[nodiscard]] std::optional<RetentionProblem> CheckRetention(const Retention& retention, Millis interval);

}  // namespace lakeferry::plan
