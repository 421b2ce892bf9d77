#include "daemon/config/run_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/nearest_key.h"

namespace lakeferry {
namespace {

// A number below is no date of a run in milliseconds (it would lie before 2000), and a likely one in seconds.
constexpr int64_t kMillisMin = 946'684'800'000;

constexpr std::string_view kAsFailed =
    "enter it as failed: what it wrote stays out until the workflow has succeeded again";
constexpr std::string_view kNotAtAll =
    "it wrote nothing: do not enter it; if it was entered, take it out with "
    "'lakeferry runs remove'";
constexpr std::string_view kAsRunning = "enter it as running before its first commit, and again when it has ended";

// What schedulers call it, and how to enter it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> kOtherWords{{
    {"succeeded", "enter it as success"},
    {"successful", "enter it as success"},
    {"completed", "enter it as success"},
    {"done", "enter it as success"},
    {"ok", "enter it as success"},
    {"success_with_failures", kAsFailed},
    {"failure", kAsFailed},
    {"error", kAsFailed},
    {"internal_error", kAsFailed},
    {"upstream_failed", kAsFailed},
    {"cancelled", kAsFailed},
    {"canceled", kAsFailed},
    {"aborted", kAsFailed},
    {"killed", kAsFailed},
    {"terminated", kAsFailed},
    {"timedout", kAsFailed},
    {"timed_out", kAsFailed},
    {"timeout", kAsFailed},
    {"skipped", kNotAtAll},
    {"excluded", kNotAtAll},
    {"removed", kNotAtAll},
    {"queued", kAsRunning},
    {"pending", kAsRunning},
    {"scheduled", kAsRunning},
    {"started", kAsRunning},
    {"terminating", kAsRunning},
}};

std::unexpected<Error> BadOption(std::string message, std::string option, std::string remedy) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message), std::move(option), std::move(remedy));
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return lower;
}

bool IsNumber(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Of a date and time: "Z" or an offset stands behind the time of day.
bool NamesZone(std::string_view text) {
  const size_t clock = text.find_first_of("Tt ");
  return clock != std::string_view::npos && text.find_first_of("Zz+-", clock + 1) != std::string_view::npos;
}

Result<WrittenTime> TimeOption(const std::string& text, const char* option, TimeMs now) {
  if (text == "now") return WrittenTime{.time = now, .slack = Millis(0)};
  auto time = ParseWrittenTime(text);
  if (!time) return FailAt(time.error(), option);
  if (!IsNumber(text) && !NamesZone(text)) {
    return BadOption(fmt::format("'{}' does not say of which time zone it is", text), option,
                     fmt::format("if it is UTC, write {}; else add its offset, such as +01:00", FormatUtc(time->time)));
  }
  if (!IsNumber(text) || ToEpochMs(time->time) >= kMillisMin) return *time;
  return BadOption(fmt::format("{} is {} in epoch milliseconds", text, FormatUtc(time->time)), option,
                   fmt::format("if it is in epoch seconds, write {}000", text));
}

Result<RunState> StateOption(const std::string& text) {
  const std::string word = Lower(text);
  if (const auto state = ParseRunState(word)) return *state;
  const auto* other = std::ranges::find(kOtherWords, word, &std::pair<std::string_view, std::string_view>::first);
  return BadOption(fmt::format("'{}' is no state", text), "--state",
                   other == kOtherWords.end() ? "success, failed or running" : std::string(other->second));
}

}  // namespace

Result<Run> ReadRunEntry(const RunEntry& entry, TimeMs now) {
  Run run{.workflow = entry.workflow, .run_id = entry.run_id, .start = {}, .end = {}};
  for (const std::string* const name : {&run.workflow, &run.run_id}) {
    const Status good = CheckRunName(*name);
    if (!good) return BadOption(good.error().message, "WORKFLOW, --run-id", good.error().remedy);
  }
  if (!entry.start.empty()) {
    LF_TRY(const WrittenTime start, TimeOption(entry.start, "--start", now));
    run.start = start.time;
  }
  LF_TRY(run.state, StateOption(entry.state));
  const bool running = run.state == RunState::kRunning;
  if (running != entry.end.empty()) {
    return BadOption(running ? "a running run has no end" : "a run that has ended needs its end", "--end",
                     running ? "leave --end away" : "add --end with the time at which the run ended, or --end now");
  }
  if (running) return run;
  LF_TRY(const WrittenTime end, TimeOption(entry.end, "--end", now));
  run.end = end.time;
  run.end_slack = std::clamp<Millis>(now - end.time, Millis(0), end.slack);
  return run;
}

Result<Run> WithCheckedTimes(Run run, TimeMs now, Millis ahead) {
  const auto lies_ahead = [&](TimeMs time, const char* option) {
    return BadOption(
        fmt::format("{} lies in the future: this machine's clock says {}", FormatUtc(time), FormatUtc(now)), option,
        "enter a run when it begins or when it has ended; or mend the clock that is wrong");
  };
  if (run.start > now + ahead) return lies_ahead(run.start, "--start");
  if (!run.end) return run;
  if (*run.end > now + ahead) return lies_ahead(*run.end, "--end");
  const TimeMs latest = *run.latest_end();
  if (latest < run.start) return BadOption("the run ends before it starts", "--end", "check --start and --end");
  run.end = std::max(*run.end, run.start);
  run.end_slack = latest - *run.end;
  return run;
}

std::string UnknownWorkflow(const std::vector<plan::GroupSpec>& groups, const std::string& workflow) {
  std::vector<std::string_view> known;
  for (const plan::GroupSpec& group : groups) {
    for (const std::string& name : group.workflows) {
      if (name == workflow) return {};
      known.push_back(name);
    }
  }
  const std::string_view nearest = NearestKey(workflow, known);
  return fmt::format("no group of the configuration has the workflow '{}'{}", workflow,
                     nearest.empty() ? "" : fmt::format(": did you mean {}?", nearest));
}

}  // namespace lakeferry
