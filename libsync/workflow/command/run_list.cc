#include "workflow/command/run_list.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "json/reader.h"

namespace lakeferry {
namespace {

constexpr size_t kTextBytesMax = size_t{16} << 20;

std::unexpected<Error> Wrong(std::string why) {
  return Fail(ErrorCode::kCorruptData, fmt::format("what the program for runs printed is no list of runs: {}", why), {},
              R"(print {"runs": [{"run_id": "…", "start": "…Z", "end": "…Z", "state": "success"}]})");
}

// Of the text `key`, or the number `key`_ms.
Result<std::optional<WrittenTime>> TimeIn(const json::Fields& run, const std::string& key) {
  LF_TRY(const std::optional<TimeMs> number, run.FindTime(key + "_ms"));
  if (number) return std::optional(WrittenTime{.time = *number, .slack = Millis(0)});
  if (!run.Has(key)) return std::optional<WrittenTime>();
  LF_TRY(const std::string_view text, run.View(key));
  const bool zoned = text.ends_with('Z') || text.find('+') != text.npos || text.rfind('-') > text.find('T');
  const auto time = ParseWrittenTime(text);
  if (!time || !zoned) return Fail(ErrorCode::kCorruptData, fmt::format("{} '{}' is no time with its zone", key, text));
  return std::optional(*time);
}

Result<Run> ReadRun(const json::Fields& fields, const std::string& workflow) {
  Run run{.workflow = workflow, .run_id = {}, .start = {}, .end = {}};
  LF_TRY(run.run_id, fields.String("run_id"));
  LF_TRY_OK(CheckRunName(run.run_id));
  LF_TRY(const std::string state, fields.String("state"));
  const auto known = ParseRunState(state);
  if (!known) return Fail(ErrorCode::kCorruptData, fmt::format("run '{}' is in no state: '{}'", run.run_id, state));
  run.state = *known;
  LF_TRY(const auto start, TimeIn(fields, "start"));
  LF_TRY(const auto end, TimeIn(fields, "end"));
  if (!start) return Fail(ErrorCode::kCorruptData, fmt::format("run '{}' lacks its start", run.run_id));
  run.start = start->time;
  if (end.has_value() != (run.state != RunState::kRunning)) {
    return Fail(
        ErrorCode::kCorruptData,
        fmt::format("run '{}' {}", run.run_id, end ? "is running, and has an end" : "has ended, and lacks its end"));
  }
  if (!end) return run;
  run.end = end->time;
  run.end_slack = end->slack;
  if (*run.latest_end() < run.start) {
    return Fail(ErrorCode::kCorruptData, fmt::format("run '{}' ends before it starts", run.run_id));
  }
  return run;
}

}  // namespace

Result<std::vector<Run>> ReadRunList(std::string_view text, const std::string& workflow) {
  json::Reader reader(kTextBytesMax);
  const auto document = reader.Read(text, "its output", "");
  if (!document) return Wrong(document.error().message);
  if (document->Has("known") && !document->Bool("known").value_or(true)) {
    return Fail(ErrorCode::kNotFound, fmt::format("the program for runs knows no workflow '{}'", workflow),
                RunSpot{.workflow = workflow, .run_id = {}}, "check the workflow's name");
  }
  if (document->Has("workflow") && document->String("workflow").value_or("") != workflow) {
    return Wrong("it is about another workflow");
  }
  const auto entries = document->Objects("runs");
  if (!entries) return Wrong(entries.error().message);
  std::vector<Run> runs;
  std::set<std::string> seen;
  for (const json::Fields& entry : *entries) {
    auto run = ReadRun(entry, workflow);
    if (!run) return Wrong(run.error().message);
    if (!seen.insert(run->run_id).second) return Wrong(fmt::format("run '{}' is there twice", run->run_id));
    runs.push_back(*std::move(run));
  }
  return runs;
}

}  // namespace lakeferry
