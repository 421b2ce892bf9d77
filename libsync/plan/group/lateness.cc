#include "plan/group/lateness.h"

#include <algorithm>

namespace lakeferry::plan {
namespace {

constexpr Millis kPatience = std::chrono::minutes(15);
// A day, and what a timer or a night's work may be late by.
constexpr Millis kOnceADay = std::chrono::hours(26);
constexpr size_t kWorkedMax = 5;
constexpr size_t kCutsMin = 5;
constexpr size_t kCutsMax = 31;

}  // namespace

Millis WaitBound(const GroupSpec& spec, const PastEpochs& past, Rhythm rhythm) {
  if (spec.rpo) return *spec.rpo;
  Millis longest{0};
  for (size_t i = 0; i < std::min(past.worked.size(), kWorkedMax); ++i) longest = std::max(longest, past.worked[i]);
  const Millis bound = std::max<Millis>(3 * spec.sync_interval + 2 * longest, kPatience);
  return rhythm == Rhythm::kOnce ? bound + kOnceADay : bound;
}

Millis SilenceBound(const GroupSpec& spec, Rhythm rhythm) {
  const Millis bound = 2 * spec.sync_interval + kPatience;
  return rhythm == Rhythm::kOnce ? std::max(bound, kOnceADay) : bound;
}

std::optional<Millis> RunGapBound(const GroupSpec& spec, const PastEpochs& past) {
  if (spec.expect_run_every) return spec.expect_run_every;
  const size_t cuts = std::min(past.cut_times.size(), kCutsMax);
  if (spec.workflows.empty() || cuts < kCutsMin) return std::nullopt;
  std::vector<Millis> gaps;
  for (size_t i = 0; i + 1 < cuts; ++i) gaps.push_back(past.cut_times[i] - past.cut_times[i + 1]);
  std::ranges::sort(gaps);
  const Millis longest = gaps.back();
  return std::max<Millis>(2 * gaps[gaps.size() / 2], longest + longest / 4);
}

}  // namespace lakeferry::plan
