#include "plan/cut/cut.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "plan/cut/run_timeline.h"

namespace lakeferry::plan {
namespace {

// So many runs the candidates name together. Each names all before it: of many thousands of runs not every end is
// worth a list of its own.
constexpr size_t kNamedRunsMax = 200'000;

// A run that starts at the instant is the next one, and one that ends at it is over.
bool ActiveAt(const Run& run, TimeMs instant) { return run.start < instant && (!run.end || *run.end > instant); }

const Run* ActiveRunAt(const std::vector<Run>& runs, TimeMs instant) {
  const auto it = std::ranges::find_if(runs, [&](const Run& run) { return ActiveAt(run, instant); });
  return it == runs.end() ? nullptr : &*it;
}

// Of each workflow the run that ended last at or before `instant`; the first that failed.
const Run* FailedLastAt(const std::vector<Run>& runs, TimeMs instant) {
  std::map<std::string, const Run*> last;
  for (const Run& run : runs) {
    if (!run.end || *run.end > instant) continue;
    const Run*& newest = last[run.workflow];
    // Of two that end in one millisecond the failed one counts: nothing says that the success built upon it.
    if (newest == nullptr || *run.end > *newest->end || (*run.end == *newest->end && run.state == RunState::kFailed)) {
      newest = &run;
    }
  }
  for (const auto& [workflow, run] : last) {
    if (run->state == RunState::kFailed) return run;
  }
  return nullptr;
}

std::string Named(const Run& run) { return fmt::format("run '{}' of workflow '{}'", run.run_id, run.workflow); }

std::string WhyNotQuiescent(const Run& active) {
  return fmt::format("{} is running since {}", Named(active), FormatUtc(active.start));
}

std::string WhyAfterFailure(const Run& failed) {
  return fmt::format("{} failed at {}; the group waits for its next success", Named(failed), FormatUtc(*failed.end));
}

CutCandidate CandidateAt(const RunTimeline& timeline, std::optional<TimeMs> previous_cut, TimeMs instant) {
  return {.time = instant,
          .next_start = timeline.NextStart(instant),
          .run_ids = timeline.SuccessesIn(previous_cut, instant),
          .slack = timeline.SlackAt(instant)};
}

// Ends of successful runs after the previous cut, newest first, each once.
std::vector<TimeMs> SuccessEnds(const CutRequest& request) {
  std::vector<TimeMs> ends;
  for (const Run& run : request.runs) {
    if (run.state != RunState::kSuccess || !run.end) continue;
    if (request.previous_cut && *run.end <= *request.previous_cut) continue;
    ends.push_back(*run.end);
  }
  std::ranges::sort(ends, std::greater{});
  const auto repeated = std::ranges::unique(ends);
  ends.erase(repeated.begin(), repeated.end());
  return ends;
}

// Why there is no candidate, and the run that it is about.
struct Obstacle {
  std::string reason;
  std::optional<Run> run;
  bool held = false;  // time alone will not mend it
};

std::optional<Obstacle> FromTheFuture(const CutRequest& request) {
  for (const Run& run : request.runs) {
    if (run.end && *run.end > request.now + request.clock_skew_margin) {
      return Obstacle{
          .reason = fmt::format("{} ended at {}, which is in the future: this machine's clock says {}; mend "
                                "the clock that is wrong, or raise clock_skew_margin",
                                Named(run), FormatUtc(*run.end), FormatUtc(request.now)),
          .run = run,
          .held = true};
    }
  }
  return std::nullopt;
}

Obstacle WhyNone(const CutRequest& request) {
  for (const Run& run : request.runs) {
    if (!run.end) return {.reason = WhyNotQuiescent(run), .run = run};
  }
  const auto is_new = [&](const Run& run) { return !request.previous_cut || *run.end > *request.previous_cut; };
  const Run* failed = nullptr;
  for (const Run& run : request.runs) {
    if (run.state != RunState::kFailed || !is_new(run)) continue;
    if (failed == nullptr || *run.end > *failed->end) failed = &run;
  }
  if (failed != nullptr) return {.reason = WhyAfterFailure(*failed), .run = {}};
  return {.reason = "no run has ended since the last cut", .run = {}};
}

bool IsQuiescent(const CutRequest& request, const RunTimeline& timeline, TimeMs instant) {
  if (request.settles && instant + request.clock_skew_margin > request.now) return false;
  return !timeline.AnyActiveAt(instant) && !timeline.AnyFailedLastAt(instant);
}

// Of an instant that is none.
Obstacle ObstacleAt(const CutRequest& request, TimeMs instant) {
  if (request.settles && instant + request.clock_skew_margin > request.now) {
    return {.reason = fmt::format("the last run ended {} ago, less than clock_skew_margin",
                                  FormatDuration(request.now - instant)),
            .run = {}};
  }
  if (const Run* active = ActiveRunAt(request.runs, instant)) {
    return {.reason = WhyNotQuiescent(*active), .run = *active};
  }
  return {.reason = WhyAfterFailure(*FailedLastAt(request.runs, instant)), .run = {}};
}

}  // namespace

CutChoice FindQuiescentInstants(const CutRequest& request) {
  CutChoice choice;
  std::optional<Obstacle> first = FromTheFuture(request);
  const std::vector<TimeMs> ends = first ? std::vector<TimeMs>() : SuccessEnds(request);
  if (!first && ends.empty()) first = WhyNone(request);
  const RunTimeline timeline(request.runs);
  size_t named = 0;
  for (const TimeMs instant : ends) {
    if (!IsQuiescent(request, timeline, instant)) {
      if (!first) first = ObstacleAt(request, instant);
      continue;
    }
    choice.candidates.push_back(CandidateAt(timeline, request.previous_cut, instant));
    named += choice.candidates.back().run_ids.size();
    if (named > kNamedRunsMax) break;
  }
  if (!choice.candidates.empty()) return choice;
  choice.reason = std::move(first->reason);
  choice.in_the_way = std::move(first->run);
  choice.held = first->held;
  return choice;
}

std::optional<CutCandidate> ForcedCut(TimeMs now, TimeMs last_cut_or_first_seen, Millis force_after,
                                      Millis clock_skew_margin) {
  const TimeMs instant = now - clock_skew_margin;
  if (instant - last_cut_or_first_seen < force_after) return std::nullopt;
  return CutCandidate{.time = instant, .next_start = std::nullopt, .run_ids = {}, .atomic = false};
}

RunSides SplitRuns(const std::vector<Run>& runs, const CutCandidate& cut) {
  RunSides sides;
  for (const Run& run : runs) {
    const bool ended = run.end && *run.end <= cut.time;
    (ended ? sides.inside : sides.outside).push_back(run.run_id);
  }
  return sides;
}

}  // namespace lakeferry::plan
