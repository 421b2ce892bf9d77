#include "plan/group/lateness.h"

#include <algorithm>

#include "plan/group/pace.h"

namespace lakeferry::plan {
namespace {

constexpr Millis kPatience = std::chrono::minutes(15);
// A day, and what a timer or a night's work may be late by.
constexpr Millis kOnceADay = std::chrono::hours(26);
constexpr size_t kWorkedMax = 5;
constexpr size_t kCutsMin = 5;
constexpr size_t kCutsMax = 31;

// Of the newest five.
Millis LongestOf(const std::vector<Millis>& epochs) {
  Millis longest{0};
  for (size_t i = 0; i < std::min(epochs.size(), kWorkedMax); ++i) longest = std::max(longest, epochs[i]);
  return longest;
}

// Between cuts, newest first.
std::vector<Millis> GapsOf(const PastEpochs& past) {
  std::vector<Millis> gaps;
  for (size_t i = 0; i + 1 < std::min(past.cut_times.size(), kCutsMax); ++i) {
    gaps.push_back(past.cut_times[i] - past.cut_times[i + 1]);
  }
  return gaps;
}

}  // namespace

Millis WaitBound(const GroupSpec& spec, const PastEpochs& past, Rhythm rhythm) {
  if (spec.rpo) return *spec.rpo;
  const Millis looks = spec.sync_interval + 3 * LookEvery(spec);
  const Millis bound = std::max<Millis>(looks + 2 * LongestOf(past.worked), kPatience);
  return rhythm == Rhythm::kOnce ? bound + kOnceADay : bound;
}

std::optional<Millis> WorstLoss(const GroupSpec& spec, const PastEpochs& past) {
  const bool by_interval = spec.workflows.empty() && !spec.schedule.cron;
  std::optional<Millis> between = by_interval ? std::optional(spec.sync_interval) : spec.expect_run_every;
  const std::vector<Millis> gaps = GapsOf(past);
  if (!between && !gaps.empty()) between = *std::ranges::max_element(gaps);
  if (!between || past.took.empty()) return std::nullopt;
  return *between + LongestOf(past.took);
}

Millis SilenceBound(const GroupSpec& spec, Rhythm rhythm) {
  if (rhythm == Rhythm::kService) return 2 * LookEvery(spec) + kPatience;
  return std::max<Millis>(2 * spec.sync_interval + kPatience, kOnceADay);
}

std::optional<Millis> RunGapBound(const GroupSpec& spec, const PastEpochs& past) {
  if (spec.expect_run_every) return spec.expect_run_every;
  if (spec.workflows.empty() || past.cut_times.size() < kCutsMin) return std::nullopt;
  std::vector<Millis> gaps = GapsOf(past);
  std::ranges::sort(gaps);
  const Millis longest = gaps.back();
  return std::max<Millis>(2 * gaps[gaps.size() / 2], longest + longest / 4);
}

}  // namespace lakeferry::plan
