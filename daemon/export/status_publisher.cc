#include "daemon/export/status_publisher.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "async/within_memory.h"

namespace lakeferry {
namespace {

constexpr Millis kNewsEvery{2'000};
constexpr Millis kAgainMax = std::chrono::minutes(5);
constexpr Millis kExportWithin = std::chrono::minutes(2);
constexpr int kDoublingsMax = 10;

// What of a record is worth a commit of the table: passes that find nothing to do, and how far a copy has come, are
// not.
std::string NewsOf(const GroupRecord& record) {
  const bool troubled = MailOf(record.state) != MailRule::kNever;
  return fmt::format("{}|{}|{}|{}|{}|{}", record.epoch.value(), record.staged_epoch.value(),
                     troubled ? GroupStateName(record.state) : std::string_view(), record.last_error_kind,
                     record.paused.has_value(), record.validated);
}

Millis PauseAfter(int64_t failures) {
  if (failures == 0) return kNewsEvery;
  return std::min(kAgainMax, kNewsEvery * (1 << std::min<int64_t>(failures, kDoublingsMax)));
}

}  // namespace

Task<Result<engine::StatusExport>> StatusPublisher::Export(Call call, std::vector<std::string> groups,
                                                           std::map<std::string, std::string>& told) {
  std::vector<GroupRecord> records;
  for (const std::string& group : groups) {
    LF_CO_TRY(std::optional<GroupRecord> record, co_await env_.state.Group(call, role_, group));
    if (!record) continue;  // its first save is still to come
    told[group] = NewsOf(*record);
    records.push_back(*std::move(record));
  }
  if (records.empty()) co_return engine::StatusExport{};
  LF_CO_TRY(std::vector<plan::StatusRow> rows, co_await engine::StatusRowsOf(call, env_, std::move(records)));
  co_return co_await exporter_.Export(call, std::move(rows));
}

Task<void> StatusPublisher::Once(Call call) {
  std::vector<std::string> groups;
  for (const GroupRecord& record : snapshot_().groups) {
    const auto told = told_.find(record.group);
    const bool looked_at = record.state != GroupState::kUnknown;
    if (looked_at && (told == told_.end() || told->second != NewsOf(record))) groups.push_back(record.group);
  }
  if (groups.empty()) co_return;
  std::map<std::string, std::string> told;
  const Call limited = call.Within(env_.clock.Monotonic(), kExportWithin);
  const Result<engine::StatusExport> done = co_await TaskWithinMemory(Export(limited, std::move(groups), told));
  if (done) {
    for (auto& [group, news] : told) told_[group] = std::move(news);
  }
  Note(done);
}

void StatusPublisher::Note(const Result<engine::StatusExport>& done) {
  if (!done) {
    if (done.error().code == ErrorCode::kCancelled) return;
    ++account_.failures;
    ++account_.failures_in_a_row;
    const std::string error = ToString(done.error());
    const bool counts = std::has_single_bit(static_cast<uint64_t>(account_.failures_in_a_row));
    if (said_ == error && !counts) return;
    said_ = error;
    env_.log.Write(LogLevel::kError, "the status table cannot be written",
                   {{"error", error}, {"attempt", account_.failures_in_a_row}});
    return;
  }
  if (account_.failures_in_a_row > 0) {
    env_.log.Write(LogLevel::kInfo, "the status table can be written again",
                   {{"failed_attempts", account_.failures_in_a_row}});
  }
  account_.failures_in_a_row = 0;
  said_.clear();
  const auto written = std::ranges::count(done->rows, plan::RowStanding::kDue, &engine::ExportedRow::standing);
  if (written == 0) return;
  ++account_.exports;
  env_.log.Write(LogLevel::kInfo, "status table written",
                 {{"table", done->table_uri}, {"version", done->version->value()}, {"rows", int64_t{written}}});
}

Task<void> StatusPublisher::Run(Call call) {
  while (!call.stopped()) {
    co_await Once(call);
    co_await env_.clock.SleepFor(call, PauseAfter(account_.failures_in_a_row));
  }
}

}  // namespace lakeferry
