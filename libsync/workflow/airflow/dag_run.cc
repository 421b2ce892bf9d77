#include "workflow/airflow/dag_run.h"

#include <fmt/format.h>

namespace lakeferry::airflow {
namespace {

// Airflow writes microseconds: an end within a millisecond counts as the next.
constexpr size_t kMillisecondDigits = 3;

bool IsFiner(std::string_view text) {
  const size_t point = text.find('.');
  if (point == std::string_view::npos) return false;
  const size_t end = std::min(text.find_first_not_of("0123456789", point + 1), text.size());
  const std::string_view digits = text.substr(point + 1, end - point - 1);
  return digits.size() > kMillisecondDigits && digits.find_first_not_of('0', kMillisecondDigits) != digits.npos;
}

Result<std::optional<TimeMs>> TimeIn(const json::Fields& fields, std::string_view key) {
  if (!fields.Has(key)) return std::optional<TimeMs>();
  LF_TRY(const std::string_view text, fields.View(key));
  auto time = ParseTime(text);
  if (!time) return Fail(ErrorCode::kCorruptLog, fmt::format("{} is no time", key));
  return std::optional(*time);
}

std::unexpected<Error> Wrong(const Run& run, std::string_view why) {
  return Fail(ErrorCode::kCorruptLog, fmt::format("run '{}' {}", run.run_id, why));
}

}  // namespace

Result<std::optional<Run>> ReadDagRun(const json::Fields& fields, const std::string& dag) {
  Run run{.workflow = dag, .run_id = {}, .start = {}, .end = {}};
  LF_TRY(run.run_id, fields.String("dag_run_id"));
  LF_TRY(const std::string of, fields.String("dag_id"));
  if (of != dag) return Wrong(run, fmt::format("of DAG '{}' stands among those of '{}'", of, dag));
  LF_TRY(const std::string state, fields.String("state"));
  if (state == "queued") return std::optional<Run>();
  LF_TRY(std::optional<TimeMs> start, TimeIn(fields, "start_date"));
  LF_TRY(const std::optional<TimeMs> end, TimeIn(fields, "end_date"));
  // One that was set to an end by hand before it began anything has no start.
  if (!start) start = end;
  if (!start) return Wrong(run, "does not say when it started");
  run.start = *start;
  if (state != "success" && state != "failed") return std::optional(run);
  if (!end) return Wrong(run, "has ended, and does not say when");
  run.end = *end + Millis(IsFiner(*fields.View("end_date")) ? 1 : 0);
  if (*run.end < run.start) return Wrong(run, "ends before it starts");
  run.state = state == "success" ? RunState::kSuccess : RunState::kFailed;
  return std::optional(run);
}

}  // namespace lakeferry::airflow
