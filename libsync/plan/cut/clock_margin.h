// How far the times of commits and the times of runs may disagree: from clocks that were compared, or as configured. A
// commit's time is the source store's, a run's that of whoever tells it; both are read beside this process's monotonic
// clock, so that its calendar, which may be wrong, does not matter between the two. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace lakeferry::plan {

// Where a clock stands: its time less the monotonic clock's lies between the two.
struct ClockReading {
  Millis lowest{0};
  Millis highest{0};
  bool operator==(const ClockReading&) const = default;
};

// Of a time that was shown between two instants of the monotonic clock. A whole second is one that had its fraction cut
// off, as object stores do.
[[nodiscard]] ClockReading ReadingOf(TimeMs shown, Millis before, Millis after);
// What both readings of one clock allow.
[[nodiscard]] ClockReading Both(const ClockReading& a, const ClockReading& b);

// One clock less another.
struct ClockSkew {
  Millis lowest{0};
  Millis highest{0};

  // The most that they can differ by.
  [[nodiscard]] Millis size() const;
  // The middle of the two.
  [[nodiscard]] Millis likely() const { return lowest + (highest - lowest) / 2; }
  bool operator==(const ClockSkew&) const = default;
};
[[nodiscard]] ClockSkew SkewOf(const ClockReading& a, const ClockReading& b);

struct ClockMargin {
  Millis margin{0};       // so much later than a run's end a commit of it may be dated, or earlier than its start
  Millis behind{0};       // so long an instant of this machine's calendar must be over before a log shows all of it
  bool measured = false;  // false: as configured
  bool source_compared = false;  // the clock that dates the sources' commits is among those that were compared
  std::string unfit = {};        // why times decide nothing; empty: they do
  bool operator==(const ClockMargin&) const = default;
};

// What was measured, in whole.
struct ComparedClocks {
  ClockSkew store_to_runs;     // of what the store dates, less the source of runs
  ClockSkew store_to_here;     // the same, less this machine's calendar
  bool source_shares = false;  // the sources' commits are dated by the clock that was compared
};

// Never below this: what two clocks that are kept in step differ by.
inline constexpr Millis kMarginFloor{50};
// Of a store whose clock nobody with rights to read it alone can compare: taken to be kept in step.
inline constexpr Millis kMarginOfOthers{2'000};
// Clocks that differ by more tell nothing of whose a commit is.
inline constexpr Millis kMarginUsable{60'000};

// `configured` as it is. Else what was compared, with kMarginOfOthers for sources that were not; kMarginOfOthers too
// where nothing could be compared. Not fit above kMarginUsable; `behind`
// is then as if the calendar were right.
[[nodiscard]] ClockMargin MarginOf(std::optional<Millis> configured, const std::optional<ComparedClocks>& compared);

// "3ms ahead", "2s behind", "in step"; absent: "not compared".
[[nodiscard]] std::string SkewText(std::optional<Millis> skew);

}  // namespace lakeferry::plan
