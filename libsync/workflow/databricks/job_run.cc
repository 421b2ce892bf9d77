#include "workflow/databricks/job_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace lakeferry::databricks {
namespace {

using Words = std::string_view;

template <size_t N>
bool IsOneOf(const std::array<Words, N>& words, Words word) {
  return std::ranges::find(words, word) != words.end();
}

// Of `status.termination_details.code` and of `state.result_state`: the run was never executed.
constexpr std::array<Words, 7> kNeverCodes{"SKIPPED",
                                           "DISABLED",
                                           "MAX_CONCURRENT_RUNS_EXCEEDED",
                                           "MAX_JOB_QUEUE_SIZE_EXCEEDED",
                                           "WORKSPACE_RUN_LIMIT_EXCEEDED",
                                           "MAXIMUM_CONCURRENT_RUNS_REACHED",
                                           "EXCLUDED"};
// Of a run whose last tasks succeeded though others failed the workflow itself says that it succeeded.
constexpr std::array<Words, 2> kGoodCodes{"SUCCESS", "SUCCESS_WITH_FAILURES"};
constexpr std::array<Words, 6> kActiveStates{"PENDING", "RUNNING",           "BLOCKED",
                                             "WAITING", "WAITING_FOR_RETRY", "TERMINATING"};
constexpr std::array<Words, 3> kEndStates{"TERMINATED", "SKIPPED", "INTERNAL_ERROR"};

struct Told {
  std::string state;  // of `status` or `state`, whichever there is
  std::string code;   // what it ended with; empty where it has not
};

std::string TextIn(const json::Fields& fields, Words key) { return fields.String(key).value_or(std::string()); }

Result<Told> ReadStates(const json::Fields& run) {
  if (const auto status = run.Object("status")) {
    Told told{.state = TextIn(*status, "state"), .code = {}};
    if (const auto details = status->Object("termination_details")) told.code = TextIn(*details, "code");
    if (!told.state.empty()) return told;
  }
  LF_TRY(const json::Fields state, run.Object("state"));
  LF_TRY(std::string life, state.String("life_cycle_state"));
  return Told{.state = std::move(life), .code = TextIn(state, "result_state")};
}

std::optional<TimeMs> TimeIn(const json::Fields& fields, Words key) {
  const auto time = fields.FindTime(key);
  if (!time || !*time || **time <= TimeMs()) return std::nullopt;  // 0 stands for none
  return *time;
}

// The last end of the run and of its repairs; absent where one has none.
std::optional<TimeMs> EndIn(const json::Fields& run) {
  std::optional<TimeMs> end = TimeIn(run, "end_time");
  const auto repairs = run.Objects("repair_history");
  if (!repairs) return end;
  for (const json::Fields& repair : *repairs) {
    const std::optional<TimeMs> of_repair = TimeIn(repair, "end_time");
    if (of_repair) end = std::max(end, of_repair);
  }
  return end;
}

void ReadTasks(const json::Fields& fields, JobRun& run) {
  const auto tasks = fields.Objects("tasks");
  if (!tasks) return;
  std::optional<TimeMs> first;
  for (const json::Fields& task : *tasks) {
    if (task.FindCount("attempt_number").value_or(std::nullopt).value_or(0) > 0) run.in_pieces = true;
    const std::optional<TimeMs> began = TimeIn(task, "start_time");
    if (began) first = first ? std::min(*first, *began) : *began;
  }
  const bool all = !fields.Bool("has_more").value_or(false) && TextIn(fields, "next_page_token").empty();
  if (all) run.first_task = first;
}

Phase PhaseOf(const Told& told, bool ended) {
  if (told.state == "QUEUED") return Phase::kQueued;
  if (IsOneOf(kActiveStates, Words(told.state))) return Phase::kActive;
  if (told.state == "SKIPPED" || IsOneOf(kNeverCodes, Words(told.code))) return Phase::kNever;
  return IsOneOf(kEndStates, Words(told.state)) || ended ? Phase::kEnded : Phase::kActive;
}

}  // namespace

TimeMs JobRun::Began() const {
  if (!queued || in_pieces || !first_task) return start;
  return std::max(start, *first_task);
}

Result<JobRun> ReadJobRun(const json::Fields& fields) {
  JobRun run;
  LF_TRY(run.id, fields.Count("run_id"));
  LF_TRY(run.job, fields.Count("job_id"));
  LF_TRY(const Told told, ReadStates(fields));
  const std::optional<TimeMs> end = EndIn(fields);
  run.phase = PhaseOf(told, end.has_value());
  if (run.phase == Phase::kQueued || run.phase == Phase::kNever) return run;
  const std::optional<TimeMs> start = TimeIn(fields, "start_time");
  if (!start) return Fail(ErrorCode::kCorruptLog, fmt::format("run {} does not say when it started", run.id));
  run.start = *start;
  const auto repairs = fields.Objects("repair_history");
  run.in_pieces =
      (repairs && repairs->size() > 1) || fields.FindCount("attempt_number").value_or(std::nullopt).value_or(0) > 0;
  run.queued = fields.FindCount("queue_duration").value_or(std::nullopt).value_or(0) > 0;
  ReadTasks(fields, run);
  if (run.phase == Phase::kActive) return run;
  if (!end) return Fail(ErrorCode::kCorruptLog, fmt::format("run {} has ended, and does not say when", run.id));
  if (*end < run.start) return Fail(ErrorCode::kCorruptLog, fmt::format("run {} ends before it starts", run.id));
  run.end = end;
  run.state = IsOneOf(kGoodCodes, Words(told.code)) ? RunState::kSuccess : RunState::kFailed;
  return run;
}

}  // namespace lakeferry::databricks
