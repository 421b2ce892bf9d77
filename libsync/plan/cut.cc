#include "plan/cut.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace lakeferry::plan {
namespace {

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
  return fmt::format("{} is running since {}; if it is dead, record its end: lakeferry runs add {} --run-id {} …",
                     Named(active), FormatUtc(active.start), active.workflow, active.run_id);
}

CutCandidate CandidateAt(const CutRequest& request, TimeMs instant) {
  CutCandidate cut{.time = instant};
  std::vector<const Run*> inside;
  for (const Run& run : request.runs) {
    if (run.start >= instant && !(run.end && *run.end <= instant)) {
      if (!cut.next_start || run.start < *cut.next_start) cut.next_start = run.start;
    }
    const bool is_new = !request.previous_cut || (run.end && *run.end > *request.previous_cut);
    if (run.state == RunState::kSuccess && run.end && *run.end <= instant && is_new) inside.push_back(&run);
  }
  std::ranges::sort(inside, {}, [](const Run* run) { return std::pair(*run->end, run->run_id); });
  for (const Run* run : inside) cut.run_ids.push_back(run->run_id);
  return cut;
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

std::optional<std::string> FromTheFuture(const CutRequest& request) {
  for (const Run& run : request.runs) {
    if (run.end && *run.end > request.now + request.clock_skew_margin) {
      return fmt::format(
          "{} ended at {}, which is in the future: this machine's clock says {}; mend the clock that is "
          "wrong, or raise clock_skew_margin",
          Named(run), FormatUtc(*run.end), FormatUtc(request.now));
    }
  }
  return std::nullopt;
}

std::string WhyNone(const CutRequest& request) {
  for (const Run& run : request.runs) {
    if (!run.end) return WhyNotQuiescent(run);
  }
  if (request.runs.empty()) return "no run has ended since the last cut";
  return "no successful run has ended since the last cut";
}

}  // namespace

CutChoice FindQuiescentInstants(const CutRequest& request) {
  CutChoice choice;
  if (auto future = FromTheFuture(request)) {
    choice.reason = *std::move(future);
    choice.held = true;
    return choice;
  }
  const std::vector<TimeMs> ends = SuccessEnds(request);
  if (ends.empty()) {
    choice.reason = WhyNone(request);
    return choice;
  }
  for (const TimeMs instant : ends) {
    std::string why;
    if (instant + request.clock_skew_margin > request.now) {
      why =
          fmt::format("the last run ended {} ago, less than clock_skew_margin", FormatDuration(request.now - instant));
    } else if (const Run* active = ActiveRunAt(request.runs, instant)) {
      why = WhyNotQuiescent(*active);
    } else if (const Run* failed = FailedLastAt(request.runs, instant)) {
      why =
          fmt::format("{} failed at {}; the group waits for its next success", Named(*failed), FormatUtc(*failed->end));
    } else {
      choice.candidates.push_back(CandidateAt(request, instant));
      continue;
    }
    if (choice.reason.empty()) choice.reason = std::move(why);
  }
  if (!choice.candidates.empty()) choice.reason.clear();
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
