#include "plan/trace/epoch_trace.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/saturated.h"
#include "plan/record/run_ids_text.h"

namespace lakeferry::plan {
namespace {

constexpr size_t kTraceIdDigits = 32;
constexpr size_t kSpanIdDigits = 16;
constexpr char kWhole[] = "epoch";    // the sender's, whose id both sides know
constexpr char kAnswer[] = "answer";  // the receiver's

// Not all zero, which would be no id.
std::string IdOf(const std::string& name, size_t digits) {
  std::string id = Sha256Hex(name).substr(0, digits);
  if (id.find_first_not_of('0') == std::string::npos) id.back() = '1';
  return id;
}

std::string StageId(Role role, GroupStage stage) { return fmt::format("{}/{}", RoleName(role), GroupStageName(stage)); }

bool IsWork(GroupStage stage) {
  switch (stage) {
    case GroupStage::kIdle:
    case GroupStage::kReleasing:
    case GroupStage::kFailed:
    case GroupStage::kHalted: return false;
    default: return true;
  }
}

// Each stage of work lasts until the next mark. One that is entered twice is one step from first to last.
std::vector<TraceStep> StepsOf(const std::vector<StageMark>& marks, Role role, const std::string& parent, TimeMs now) {
  std::vector<TraceStep> steps;
  for (size_t i = 0; i < marks.size(); ++i) {
    if (!IsWork(marks[i].stage)) continue;
    const TimeMs ended = i + 1 < marks.size() ? marks[i + 1].at : now;
    std::string id = StageId(role, marks[i].stage);
    const auto known = std::ranges::find(steps, id, &TraceStep::id);
    if (known != steps.end()) {
      known->ended = ended;
      continue;
    }
    steps.push_back({.id = std::move(id),
                     .parent = parent,
                     .name = std::string(GroupStageName(marks[i].stage)),
                     .began = marks[i].at,
                     .ended = ended});
  }
  return steps;
}

std::vector<std::pair<std::string, TraceValue>> ValuesOf(const EpochRecord& record) {
  int64_t files = 0;
  int64_t bytes = 0;
  for (const TablePosition& table : record.tables) {
    files = AddSaturated(files, table.files);
    bytes = AddSaturated(bytes, table.bytes);
  }
  return {{"lakeferry.group", record.group},
          {"lakeferry.epoch", record.epoch.value()},
          {"lakeferry.role", std::string(RoleName(record.role))},
          {"lakeferry.run_ids", RunIdsText(record.run_ids, ",")},
          {"lakeferry.atomic", record.atomic},
          {"lakeferry.tables", static_cast<int64_t>(record.tables.size())},
          {"lakeferry.files", files},
          {"lakeferry.bytes", bytes}};
}

EpochTrace TraceOf(const EpochRecord& record, TraceStep whole, std::vector<TraceStep> parts) {
  EpochTrace trace{.role = record.role,
                   .group = record.group,
                   .epoch = record.epoch,
                   .manifest_sha256 = record.manifest_sha256,
                   .steps = {}};
  if (!parts.empty()) whole.began = std::min(whole.began, parts.front().began);
  trace.steps.push_back(std::move(whole));
  std::ranges::move(parts, std::back_inserter(trace.steps));
  return trace;
}

}  // namespace

std::string TraceIdOf(const EpochTrace& trace) {
  return IdOf(fmt::format("lakeferry/trace/{}/{}/{}", trace.group, trace.epoch.value(), trace.manifest_sha256),
              kTraceIdDigits);
}

std::string SpanIdOf(const EpochTrace& trace, std::string_view step_id) {
  return IdOf(fmt::format("{}/{}", TraceIdOf(trace), step_id), kSpanIdDigits);
}

EpochTrace TraceOfStaged(const std::vector<StageMark>& marks, const EpochRecord& record, TimeMs now) {
  TraceStep whole{.id = kWhole,
                  .parent = {},
                  .name = fmt::format("epoch {} of {}", record.epoch.value(), record.group),
                  .began = record.started,
                  .ended = now,
                  .values = ValuesOf(record)};
  return TraceOf(record, std::move(whole), StepsOf(marks, record.role, kWhole, now));
}

EpochTrace TraceOfAnswered(const std::vector<StageMark>& marks, const std::vector<CommitMark>& commits,
                           const EpochRecord& record, TimeMs now) {
  const bool applied = record.state == EpochState::kApplied;
  TraceStep whole{
      .id = kAnswer,
      .parent = kWhole,
      .name = fmt::format("{} epoch {} of {}", applied ? "apply" : "refuse", record.epoch.value(), record.group),
      .began = record.started,
      .ended = now,
      .values = ValuesOf(record),
      .error = record.error};
  std::vector<TraceStep> parts = StepsOf(marks, record.role, kAnswer, now);
  for (const CommitMark& commit : commits) {
    parts.push_back({.id = fmt::format("commit/{}", commit.table),
                     .parent = StageId(record.role, GroupStage::kCommitting),
                     .name = "commit " + commit.table,
                     .began = commit.began,
                     .ended = commit.ended,
                     .values = {{"lakeferry.table", commit.table}}});
  }
  return TraceOf(record, std::move(whole), std::move(parts));
}

}  // namespace lakeferry::plan
