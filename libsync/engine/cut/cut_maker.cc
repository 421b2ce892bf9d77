#include "engine/cut/cut_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "async/task_group.h"
#include "plan/cut/cut_proof.h"
#include "plan/group/pace.h"

namespace lakeferry::engine {

namespace {

// So often runs and logs are read, each time with the runs that began meanwhile known, before the group waits.
constexpr int kReadingsMax = 4;

// A cut of this very instant waits so long at most until the instant has been over for the margin; else the instant
// lies the margin back.
constexpr Millis kWaitMax{3'000};

using RunKey = std::pair<std::string_view, std::string_view>;  // workflow and id

// A run that the earlier reading did not know, or knew as one that had ended where it did not leave it at that (it was
// repaired, or cleared): its commits may be in the logs, and nothing told them from others.
const Run* BegunSince(const std::vector<Run>& earlier, const std::vector<Run>& later) {
  std::multimap<RunKey, std::optional<TimeMs>> known;  // ends
  for (const Run& run : earlier) known.emplace(RunKey(run.workflow, run.run_id), run.end);
  const auto begun = std::ranges::find_if(later, [&](const Run& run) {
    const auto [first, last] = known.equal_range(RunKey(run.workflow, run.run_id));
    return std::none_of(first, last, [&](const auto& entry) { return !entry.second || entry.second == run.end; });
  });
  return begun == later.end() ? nullptr : &*begun;
}

// Without a base, only commits from here on can name a run that matters, or lie near a candidate.
TimeMs ScanFrom(const std::vector<Run>& runs, const std::vector<plan::CutCandidate>& candidates, Millis margin) {
  TimeMs from = TimeMs::max();
  for (const plan::CutCandidate& candidate : candidates) from = std::min(from, candidate.time);
  const TimeMs oldest_candidate = from;
  for (const Run& run : runs) {
    if (!run.end || *run.end >= oldest_candidate) from = std::min(from, run.start);
  }
  return from - margin;
}

std::vector<std::string> RunIds(const std::vector<Run>& runs) {
  std::vector<std::string> ids;
  ids.reserve(runs.size());
  for (const Run& run : runs) ids.push_back(run.run_id);
  return ids;
}

std::optional<TimeMs> NewestSuccess(const std::vector<Run>& runs) {
  std::optional<TimeMs> newest;
  for (const Run& run : runs) {
    if (run.state == RunState::kSuccess && run.end) newest = std::max(newest, run.end);
  }
  return newest;
}

// Of the successful runs after the base the end of the first.
std::optional<TimeMs> OldestSuccess(const std::vector<Run>& runs, std::optional<TimeMs> base) {
  std::optional<TimeMs> oldest;
  for (const Run& run : runs) {
    const bool unsent = run.state == RunState::kSuccess && run.end && (!base || *run.end > *base);
    if (unsent && (!oldest || *run.end < *oldest)) oldest = run.end;
  }
  return oldest;
}

std::vector<plan::TableKeeping> KeepingOf(const std::vector<TableScan>& scans, delta::ReplicationMode mode) {
  std::vector<plan::TableKeeping> keeping;
  for (const TableScan& scan : scans) {
    if (auto table = KeepingIn(scan, mode)) keeping.push_back(*std::move(table));
  }
  return keeping;
}

}  // namespace

std::optional<plan::TableKeeping> KeepingIn(const TableScan& scan, delta::ReplicationMode mode) {
  if (!scan.retention) return std::nullopt;
  plan::TableKeeping keeping{.table = scan.spec.name,
                             .source_uri = scan.spec.source_uri,
                             .retention = *scan.retention,
                             .oldest_unsent = scan.OldestUnsent()};
  const bool all_versions = mode == delta::ReplicationMode::kMirror && scan.spec.history == plan::History::kFull;
  if (all_versions && scan.base) {
    keeping.versions_between_vanish = scan.removals->PassingVanishFrom(scan.retention->deleted_files);
  }
  return keeping;
}

Task<Result<CutOutcome>> CutMaker::Make(Call call, const SenderPosition& position, CutTerms terms,
                                        Candidates found) const {
  LF_CO_TRY(found, co_await WithClocks(call, position, terms, std::move(found)));
  for (int reading = 1;; ++reading) {
    const bool unfinished = std::ranges::any_of(found.runs, [](const Run& run) { return !run.end; });
    CutOutcome outcome{.cut = std::nullopt,
                       .reason = found.choice.reason,
                       .held = found.choice.held || (unfinished && found.choice.candidates.empty()),
                       .until_run_ends = !found.choice.held && unfinished && found.choice.candidates.empty(),
                       .oldest_unsent = OldestSuccess(found.runs, position.cut_time),
                       .newest_success = NewestSuccess(found.runs),
                       .keeping = {},
                       .unexplained = plan::StillUnexplained(position.evidence.unexplained, position.cut_time,
                                                             found.runs, clocks_.Known().margin)};
    if (found.choice.candidates.empty()) co_return outcome;
    if (spec_.workflows.empty()) outcome.oldest_unsent = found.choice.candidates.front().time;
    LF_CO_TRY(const std::vector<TableScan> scans, co_await ScanAll(call, position, found));
    outcome.keeping = KeepingOf(scans, spec_.mode);
    if (!found.runs_decide()) co_return ChooseNewest(scans, found, std::move(outcome));
    LF_CO_TRY(Candidates later, co_await Find(call, position, terms));
    const Run* begun = BegunSince(found.runs, later.runs);
    if (begun == nullptr) co_return ChooseNewest(scans, found, std::move(outcome));
    if (reading == kReadingsMax) {
      outcome.reason =
          fmt::format("run '{}' began while the tables' logs were read, as others did before", begun->run_id);
      outcome.held = true;
      outcome.until_run_ends = true;
      co_return outcome;
    }
    found = std::move(later);
  }
}

Task<Result<std::vector<TableScan>>> CutMaker::ScanAll(Call call, const SenderPosition& position,
                                                       const Candidates& found) const {
  const ScanScope scope{.runs = std::make_shared<const plan::RunNames>(RunIds(found.runs)),
                        .from = ScanFrom(found.runs, found.choice.candidates, clocks_.Known().margin),
                        .group = spec_.name};
  std::vector<TableScan> scans(spec_.tables.size());
  const auto scan_one = [this, &call, &position, &scope, &scans](size_t i) {
    return ScanOne(call, spec_.tables[i], position, scope, scans[i]);
  };
  LF_CO_TRY_OK(co_await ParallelFor(scans.size(), static_cast<size_t>(env_.limits.tables_at_once_max), scan_one));
  co_return scans;
}

Task<Status> CutMaker::ScanOne(Call call, const plan::TableSpec& table, const SenderPosition& position, ScanScope scope,
                               TableScan& slot) const {
  call = call.Named(table.name);
  const auto base = position.base.find(table.name);
  std::optional<plan::ManifestTable> known;
  if (base != position.base.end()) known = *base->second;
  Result<TableScan> scan = co_await ScanTable(call, env_, table, std::move(known), std::move(scope));
  if (!scan) co_return FailOfTable(std::move(scan).error(), table.name, table.source_uri);
  slot = *std::move(scan);
  slot.replay_live_set = position.replay.contains(table.name);
  co_return Status{};
}

CutOutcome CutMaker::ChooseNewest(const std::vector<TableScan>& scans, const Candidates& found,
                                  CutOutcome outcome) const {
  for (const plan::CutCandidate& candidate : found.choice.candidates) {
    Result<GroupCut> cut = ChooseAll(scans, candidate, found.runs);
    if (cut) {
      outcome.unexplained = cut->evidence.unexplained;
      outcome.cut = *std::move(cut);
      outcome.reason.clear();
      outcome.held = false;
      return outcome;
    }
    if (outcome.reason.empty()) outcome.reason = ToString(cut.error());
    outcome.held = true;
  }
  return outcome;
}

Task<Result<CutMaker::Candidates>> CutMaker::Find(Call call, const SenderPosition& position, CutTerms terms) const {
  Candidates found;
  if (spec_.workflows.empty()) {
    LF_CO_TRY(found, BySchedule(position.cut_time));
    found.of_now = !spec_.schedule.cron;
  } else {
    LF_CO_TRY(found, co_await ByRuns(call, position));
  }
  // Without a base only the newest instant is worth a look back through the log.
  if (position.base.empty() && found.choice.candidates.size() > 1) found.choice.candidates.resize(1);
  if (terms.pace == Pace::kByInterval) PutOff(position, found);
  if (!found.choice.candidates.empty() || !spec_.force_sync_after) co_return found;
  const auto forced = plan::ForcedCut(env_.clock.WallTime(), position.cut_time.value_or(terms.first_seen),
                                      *spec_.force_sync_after, clocks_.Known().behind);
  if (forced) found.choice.candidates.push_back(*forced);
  co_return found;
}

// What was refused, or is asked for whole, does not wait: the replica lacks it.
void CutMaker::PutOff(const SenderPosition& position, Candidates& found) const {
  if (found.choice.candidates.empty() || position.refusals.count > 0 || !position.restage.empty()) return;
  const std::optional<TimeMs> due = plan::NextCutNotBefore(spec_, position.cut_time);
  if (!due || env_.clock.WallTime() >= *due) return;
  found.choice.candidates.clear();
  found.choice.reason = fmt::format("the next cut is due at {}, {} after the last one (sync_interval)", FormatUtc(*due),
                                    FormatDuration(spec_.sync_interval));
}

CutSignal SignalOf(const CutMaker::Candidates& found) {
  CutSignal signal{.runs = found.runs, .instants = {}, .due = !found.choice.candidates.empty()};
  std::ranges::sort(signal.runs, {}, [](const Run& run) { return std::tie(run.workflow, run.run_id); });
  for (const plan::CutCandidate& candidate : found.choice.candidates) {
    if (candidate.atomic && !found.of_now) signal.instants.push_back(candidate.time);
  }
  return signal;
}

// What stands in manifests, receipts and records has to be text.
Status CutMaker::CheckNames(const std::vector<Run>& runs) const {
  for (const Run& run : runs) {
    Status good = CheckRunName(run.run_id);
    if (good) continue;
    Error error = std::move(good).error();
    error.message = fmt::format("workflow '{}' of group '{}': {}", run.workflow, spec_.name, error.message);
    error.remedy = env_.workflows.Of(spec_.name).HowToCorrect(run);
    return std::unexpected(std::move(error));
  }
  return {};
}

Task<Result<CutMaker::Candidates>> CutMaker::ByRuns(Call call, const SenderPosition& position) const {
  Candidates found;
  // Before a forced cut there may be failed runs that nothing was built upon yet.
  const TimeMs since = position.cut_time && position.atomic ? *position.cut_time : TimeMs();
  WorkflowSource& source = env_.workflows.Of(spec_.name);
  for (const std::string& workflow : spec_.workflows) {
    Result<std::vector<Run>> runs = co_await source.RunsSince(env_.ForRuns(call), workflow, since);
    if (!runs && runs.error().code == ErrorCode::kNotFound && position.cut_time) {
      // The workflow was known when the last epoch was cut: its source has lost its memory, or the workflow is gone.
      found.choice.reason = ToString(runs.error());
      found.choice.held = true;
      co_return found;
    }
    LF_CO_TRY_OK(runs);
    LF_CO_TRY_OK(CheckNames(*runs));
    found.runs.insert(found.runs.end(), runs->begin(), runs->end());
  }
  // A margin that was measured only says how times compare; one that is set, how long to wait as well.
  found.choice = plan::FindQuiescentInstants({.runs = found.runs,
                                              .now = env_.clock.WallTime(),
                                              .previous_cut = position.cut_time,
                                              .clock_skew_margin = clocks_.Known().margin,
                                              .settles = spec_.clock_skew_margin.has_value()});
  if (const auto& run = found.choice.in_the_way) {
    found.choice.reason += "; " + source.HowToCorrect(*run);
  }
  co_return found;
}

Result<CutMaker::Candidates> CutMaker::BySchedule(std::optional<TimeMs> previous_cut) const {
  Candidates found;
  const TimeMs now = env_.clock.WallTime() - clocks_.Known().behind;
  TimeMs instant = now;
  if (spec_.schedule.cron) {
    LF_TRY(const plan::CronSchedule schedule, plan::CronSchedule::Parse(*spec_.schedule.cron));
    LF_TRY(const auto zone, env_.zones.Find(spec_.schedule.time_zone));
    const auto fire = schedule.NewestFireAtOrBefore(now, *zone);
    if (!fire || (previous_cut && *fire <= *previous_cut)) {
      found.choice.reason = "the schedule has not fired since the last cut";
      return found;
    }
    instant = *fire;
  } else if (previous_cut && now - *previous_cut < spec_.sync_interval) {
    found.choice.reason =
        fmt::format("the interval of {} has not passed since the last cut", FormatDuration(spec_.sync_interval));
    return found;
  }
  found.choice.candidates.push_back(plan::CutCandidate{.time = instant, .next_start = {}, .run_ids = {}});
  return found;
}

// Clocks are compared only where there is something to cut. A cut by the clock alone is of the instant at which it was
// asked for, read once that is over for all clocks.
Task<Result<CutMaker::Candidates>> CutMaker::WithClocks(Call call, const SenderPosition& position, CutTerms terms,
                                                        Candidates found) const {
  const plan::ClockMargin known = clocks_.Known();
  if (found.choice.candidates.empty()) co_return found;
  LF_CO_TRY(const plan::ClockMargin clocks, co_await clocks_.Margin(call));
  const bool waits = found.of_now && clocks.measured && clocks.behind <= kWaitMax;
  if (waits) co_await env_.clock.SleepFor(call, clocks.behind);
  LF_CO_TRY_OK(CheckWanted(call));  // a wait that was cut short is not over for all clocks
  if (!waits && clocks == known) co_return found;
  co_return co_await Find(call, position, terms);
}

plan::VersionRequest CutMaker::RequestFor(const TableScan& scan, const plan::CutCandidate& cut,
                                          const std::vector<Run>& runs) const {
  const plan::ClockMargin clocks = clocks_.Known();
  plan::VersionRequest request;
  request.table = scan.spec.name;
  if (scan.base) request.base = scan.base->source_version;
  request.base_time = scan.base_time;
  // By schedule the instant itself lies a margin back already, and no run tells what came late.
  request.clock_skew_margin = spec_.workflows.empty() ? Millis(0) : clocks.margin;
  request.newest_by_time = scan.NewestAtOrBefore(plan::LatestInside(cut, request.clock_skew_margin));
  request.commits = scan.facts;
  if (cut.atomic) request.sides = plan::SplitRuns(runs, cut);
  request.cut = cut;
  if (!spec_.workflows.empty()) request.unfit = clocks.unfit;
  return request;
}

Result<GroupCut> CutMaker::ChooseAll(const std::vector<TableScan>& scans, const plan::CutCandidate& cut,
                                     const std::vector<Run>& runs) const {
  GroupCut group{.cut = cut, .tables = {}, .evidence = {}};
  const bool of_runs = !spec_.workflows.empty() && cut.atomic;
  plan::CutProof proof(spec_, cut, runs, of_runs ? clocks_.Known().margin : clocks_.Known().behind);
  for (const TableScan& scan : scans) {
    const plan::VersionRequest request = RequestFor(scan, cut, runs);
    LF_TRY(const plan::VersionChoice choice, plan::ChooseVersion(request));
    proof.Note(request, choice);
    if (!choice.disagreement.empty()) {
      env_.log.Write(LogLevel::kWarning, "run ids and commit times disagree; the run id decides",
                     {{"group", spec_.name},
                      {"table", scan.spec.name},
                      {"version", choice.version.value()},
                      {"reason", choice.disagreement}});
    }
    group.tables.push_back(TableCut{.scan = scan, .version = choice.version});
  }
  LF_TRY(group.evidence, proof.Finish());
  return group;
}

}  // namespace lakeferry::engine
