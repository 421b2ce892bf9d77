#include "plan/cut/clock_margin.h"

#include <fmt/format.h>

#include <algorithm>

namespace lakeferry::plan {

ClockReading ReadingOf(TimeMs shown, Millis before, Millis after) {
  const Millis since_epoch = shown.time_since_epoch();
  const Millis cut_off(since_epoch.count() % 1'000 == 0 ? 999 : 0);
  return {.lowest = since_epoch - after, .highest = since_epoch + cut_off - before};
}

ClockReading Both(const ClockReading& a, const ClockReading& b) {
  // A clock that stepped in between satisfies neither: then the later reading stands.
  const ClockReading both{.lowest = std::max(a.lowest, b.lowest), .highest = std::min(a.highest, b.highest)};
  return both.lowest <= both.highest ? both : b;
}

Millis ClockSkew::size() const {
  return std::max(lowest < Millis(0) ? -lowest : lowest, highest < Millis(0) ? -highest : highest);
}

ClockSkew SkewOf(const ClockReading& a, const ClockReading& b) {
  return {.lowest = a.lowest - b.highest, .highest = a.highest - b.lowest};
}

ClockMargin MarginOf(std::optional<Millis> configured, const std::optional<ComparedClocks>& compared) {
  if (configured) return {.margin = *configured, .behind = *configured};
  if (!compared) return {.margin = kMarginOfOthers, .behind = kMarginOfOthers, .measured = true};
  const Millis others = compared->source_shares ? Millis(0) : kMarginOfOthers;
  ClockMargin margin{.margin = std::max(compared->store_to_runs.size(), kMarginFloor) + others,
                     .behind = std::max(compared->store_to_here.size(), kMarginFloor) + others,
                     .measured = true,
                     .source_compared = compared->source_shares};
  // An instant of a calendar that is so wrong is no instant of the store's, however long it is over.
  if (margin.behind > kMarginUsable + others) margin.behind = kMarginFloor + others;
  if (margin.margin > kMarginUsable) {
    margin.unfit = fmt::format("the clocks of the store and of the source of runs differ by up to {}",
                               FormatDuration(compared->store_to_runs.size()));
  }
  return margin;
}

std::string SkewText(std::optional<Millis> skew) {
  if (!skew) return "not compared";
  if (*skew == Millis(0)) return "in step";
  return *skew > Millis(0) ? FormatDuration(*skew) + " ahead" : FormatDuration(-*skew) + " behind";
}

}  // namespace lakeferry::plan
