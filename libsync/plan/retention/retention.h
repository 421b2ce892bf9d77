// Retention: how long a table keeps removed files and old log entries, and whether that is long enough for a group
// that is looked at every so often and lags by so much.
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
  bool operator==(const Retention&) const = default;
};

// Delta's own, of a table that sets neither property.
inline constexpr Retention kDefaultRetention{.deleted_files = std::chrono::weeks(1), .log = std::chrono::days(30)};

// What is kept so long or longer is kept for ever: two thousand years, which can be added to any time of a log.
inline constexpr Millis kForever = std::chrono::days(730'500);

// Reads an interval as Spark does in table properties: "interval 1 week", "7 days 12 hours", "INTERVAL + 30 DAYS". It
// may be as long as Spark's may, far beyond what can be added to a time. kInvalidArgument for anything else, for less
// than nothing, and where months and years remain, whose length is not known.
[[nodiscard]] Result<Millis> ParseInterval(std::string_view text);

// delta.deletedFileRetentionDuration and delta.logRetentionDuration, or Delta's defaults (a week, 30 days).
// kInvalidArgument, naming the property, for one that cannot be read.
[[nodiscard]] Result<Millis> DeletedFileRetentionOf(const delta::Metadata& metadata);
[[nodiscard]] Result<Millis> LogRetentionOf(const delta::Metadata& metadata);
// Both; the error of the first that cannot be read.
[[nodiscard]] Result<Retention> RetentionOf(const delta::Metadata& metadata);

// What is wrong with a retention for a group whose epochs may be `interval` apart, in a person's words.
struct RetentionProblem {
  std::string what;
  std::string remedy;
  bool certain;  // true: it will fail, or may have failed already; false: it fails if one sync is late
};
[[nodiscard]] std::optional<RetentionProblem> CheckRetention(const Retention& retention, Millis interval);

// What is wrong at `now` where commits since `oldest_unsent` have not been sent and commits are kept for `log_kept`: a
// problem from half of that on, a certain one from the whole on.
[[nodiscard]] std::optional<RetentionProblem> CheckLag(Millis log_kept, TimeMs oldest_unsent, TimeMs now);

// Who needs files that were removed at the source before they were copied.
enum class NeededBy {
  kCut,              // the cut under way, which fails without them
  kVersionsBetween,  // a mirror, for versions between two cuts; it goes on without them
};

// What is wrong at `now` where VACUUM may delete such files from `from` on, having kept them for `kept`: a problem from
// half of that on, a certain one from `from` on.
[[nodiscard]] std::optional<RetentionProblem> CheckVanish(NeededBy who, Millis kept, TimeMs from, TimeMs now);

}  // namespace lakeferry::plan
