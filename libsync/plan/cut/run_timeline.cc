#include "plan/cut/run_timeline.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

namespace lakeferry::plan {
namespace {

bool IsSuccess(const Run& run) { return run.state == RunState::kSuccess; }

// Those that have ended, by their ends; of one end those that failed last.
std::vector<const Run*> InOrderOfEnds(const std::vector<Run>& runs) {
  std::vector<const Run*> ended;
  for (const Run& run : runs) {
    if (run.end) ended.push_back(&run);
  }
  std::ranges::sort(ended, {}, [](const Run* run) { return std::pair(*run->end, run->state == RunState::kFailed); });
  return ended;
}

// Which workflows have failed last, told run by run.
class FailedWorkflows {
 public:
  void Note(const Run& run) {
    bool& failed = failed_[run.workflow];
    const bool now = run.state == RunState::kFailed;
    if (now != failed) count_ = now ? count_ + 1 : count_ - 1;
    failed = now;
  }
  [[nodiscard]] bool any() const { return count_ > 0; }

 private:
  std::map<std::string_view, bool> failed_;
  size_t count_ = 0;
};

}  // namespace

RunTimeline::RunTimeline(const std::vector<Run>& runs) {
  for (const Run& run : runs) by_start_.push_back(&run);
  std::ranges::sort(by_start_, {}, [](const Run* run) { return run->start; });
  for (const Run* run : by_start_) {
    const bool goes_on = !run->end || (!ends_.empty() && !ends_.back());
    const TimeMs before = ends_.empty() ? TimeMs::min() : ends_.back().value_or(TimeMs::min());
    ends_.push_back(goes_on ? std::nullopt : std::optional(std::max(before, *run->end)));
  }
  FailedWorkflows failed;
  TimeMs latest_end = TimeMs::min();
  for (const Run* run : InOrderOfEnds(runs)) {
    failed.Note(*run);
    latest_end = std::max(latest_end, *run->latest_end());
    if (past_.empty() || past_.back().end != *run->end) past_.push_back({.end = *run->end, .latest_end = {}});
    past_.back().latest_end = latest_end;
    past_.back().failed_last = failed.any();
    if (IsSuccess(*run)) successes_.push_back(run);
  }
  std::ranges::sort(successes_, {}, [](const Run* run) { return std::tie(*run->end, run->run_id); });
}

bool RunTimeline::AnyActiveAt(TimeMs instant) const {
  const auto after = std::ranges::lower_bound(by_start_, instant, {}, [](const Run* run) { return run->start; });
  if (after == by_start_.begin()) return false;
  const std::optional<TimeMs>& end = ends_[static_cast<size_t>(after - by_start_.begin()) - 1];
  return !end || *end > instant;
}

std::optional<TimeMs> RunTimeline::NextStart(TimeMs instant) const {
  auto next = std::ranges::lower_bound(by_start_, instant, {}, [](const Run* run) { return run->start; });
  // One that starts and ends at the instant is over.
  while (next != by_start_.end() && (*next)->end && *(*next)->end <= instant) ++next;
  return next == by_start_.end() ? std::nullopt : std::optional((*next)->start);
}

const RunTimeline::Past* RunTimeline::PastAt(TimeMs instant) const {
  const auto after = std::ranges::upper_bound(past_, instant, {}, &Past::end);
  return after == past_.begin() ? nullptr : &*(after - 1);
}

bool RunTimeline::AnyFailedLastAt(TimeMs instant) const {
  const Past* past = PastAt(instant);
  return past != nullptr && past->failed_last;
}

Millis RunTimeline::SlackAt(TimeMs instant) const {
  const Past* past = PastAt(instant);
  return past == nullptr ? Millis(0) : std::max(Millis(0), past->latest_end - instant);
}

std::vector<std::string> RunTimeline::SuccessesIn(std::optional<TimeMs> after, TimeMs until) const {
  const auto end_of = [](const Run* run) { return *run->end; };
  auto from = successes_.begin();
  if (after) from = std::ranges::upper_bound(successes_, *after, {}, end_of);
  const auto to = std::ranges::upper_bound(successes_, until, {}, end_of);
  std::vector<std::string> ids;
  for (; from < to; ++from) ids.push_back((*from)->run_id);
  return ids;
}

}  // namespace lakeferry::plan
