#include "daemon/output/status_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/output/human.h"
#include "daemon/output/live_set_output.h"
#include "daemon/output/place_output.h"
#include "json/writer.h"
#include "plan/group/group_places.h"

namespace lakeferry {
namespace {

using RecordsByGroup = std::map<std::string_view, const GroupRecord*>;

RecordsByGroup RecordsOf(Role role, const std::vector<GroupRecord>& records) {
  RecordsByGroup known;
  for (const GroupRecord& record : records) {
    if (record.role == role) known.emplace(record.group, &record);
  }
  return known;
}

GroupRecord RecordOf(Role role, const plan::GroupSpec& spec, const RecordsByGroup& known) {
  if (const auto found = known.find(spec.name); found != known.end()) return *found->second;
  GroupRecord fresh;
  fresh.role = role;
  fresh.group = spec.name;
  fresh.workspace = spec.workspace;
  fresh.workflows = spec.workflows;
  for (const plan::TableSpec& table : spec.tables) fresh.tables.push_back(table.name);
  fresh.reason = fmt::format("the {} has not worked on it yet", RoleName(role));
  return fresh;
}

std::optional<std::string> NullIfEmpty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::string_view RiskName(Risk risk) {
  switch (risk) {
    case Risk::kNone: return "";
    case Risk::kWarning: return "warning";
    case Risk::kError: return "error";
  }
  return "";
}

bool AtWork(const GroupRecord& record) { return record.progress.files_total + record.progress.bytes_total > 0; }

// What the record says is of the past: nobody works on it.
void NoteStopped(GroupRecord& record) {
  record.reason = fmt::format("the service of the {} does not run; it showed its last sign of life {} and was {}{}",
                              RoleName(record.role), HumanTime(record.alive), GroupStateName(record.state),
                              record.reason.empty() ? "" : ": " + record.reason);
  record.state = GroupState::kStopped;
  record.phase.clear();
  record.progress = {};
}

std::optional<int64_t> Count(std::optional<Millis> duration) {
  return duration ? std::optional<int64_t>(duration->count()) : std::nullopt;
}

void WriteClocks(json::Writer& json, const ClockAccount& clocks) {
  json.Object("clocks", [&] {
    json.Field("store_skew_ms", Count(clocks.store_skew));
    json.Field("runs_skew_ms", Count(clocks.runs_skew));
    json.Field("margin_ms", Count(clocks.margin));
    json.Field("margin_measured", clocks.margin_measured);
    json.Field("compared_ms", clocks.compared_at);
  });
}

void WriteProgress(json::Writer& json, const GroupRecord& record) {
  if (!AtWork(record)) {
    json.Null("progress");
    return;
  }
  json.Object("progress", [&] {
    json.Field("files", record.progress.files);
    json.Field("files_total", record.progress.files_total);
    json.Field("bytes", record.progress.bytes);
    json.Field("bytes_total", record.progress.bytes_total);
  });
}

void WriteOptionalSeconds(json::Writer& json, std::string_view key, std::optional<Millis> duration) {
  if (duration) {
    json.Seconds(key, *duration);
  } else {
    json.Null(key);
  }
}

void WriteStanding(json::Writer& json, const GroupStatus& status) {
  const GroupRecord& record = status.record;
  const bool staged = record.staged_epoch.value() > 0;
  json.Field("epoch", record.epoch);
  json.Field("cut_time_ms", record.cut_time);
  json.Field("staged_epoch", record.staged_epoch);
  json.Field("staged_cut_time_ms", staged ? record.sync_time_to_region : std::nullopt);
  WriteOptionalSeconds(json, "lag_seconds", status.lag);
  json.Field("waiting_since_ms", record.waiting_since);
  json.Seconds("rpo_seconds", status.judgement.wait_bound);
  WriteOptionalSeconds(json, "worst_loss_seconds", status.judgement.worst_loss);
  json.Field("phase", NullIfEmpty(record.phase));
  WriteProgress(json, record);
  json.Field("resumed_bytes", record.resumed_bytes);
  json.Field("waiting_files", FilesWaiting(record));
  json.Field("waiting_epochs", EpochsWaiting(record));
  json.Field("bandwidth_limit", status.bandwidth_limit);
  json.Field("torn_since_ms", record.torn_since);
  WriteOptionalSeconds(json, "torn_seconds", record.torn);
}

void WritePause(json::Writer& json, const GroupRecord& record) {
  if (record.paused) {
    json.Object("paused", [&] {
      json.Field("since_ms", record.paused->since);
      json.Field("by", record.paused->by);
      json.Field("why", record.paused->why);
    });
  } else {
    json.Null("paused");
  }
  json.Objects("resync", record.resync, [&json](const AskedWhole& asked) {
    json.Field("table", asked.table);
    json.Field("epoch", asked.staged);
  });
}

void WriteGroup(json::Writer& json, const GroupStatus& status) {
  const GroupRecord& record = status.record;
  json.Field("group", record.group);
  json.Field("state", GroupStateName(record.state));
  WriteStanding(json, status);
  json.Field("last_error", NullIfEmpty(record.last_error));
  json.Field("last_error_kind", NullIfEmpty(record.last_error_kind));
  WriteWhere(json, "last_error_where", record.last_error_where);
  json.Field("last_error_remedy", NullIfEmpty(record.last_error_remedy));
  json.Field("reason", record.reason);
  json.Field("alarm", status.judgement.alarm);
  json.Field("warning", status.judgement.warning);
  json.Field("mail_trouble", NullIfEmpty(record.mail_trouble));
  json.Field("alive_ms", record.alive);
  WritePause(json, record);
  json.Field("risk", NullIfEmpty(std::string(RiskName(record.risk))));
  json.Field("risk_reason", NullIfEmpty(record.risk_text));
  json.Field("risk_remedy", NullIfEmpty(record.risk_remedy));
  json.Field("files_may_vanish_ms", record.files_may_vanish);
  WriteClocks(json, record.clocks);
  json.Field("workspace", record.workspace);
  json.Field("workflows", record.workflows);
  json.Field("tables", record.tables);
  json.Field("validated", record.validated);
  json.Field("attempts", record.attempts);
  json.Field("failing_since_ms", record.failing_since);
  json.Field("last_successful_run_time_ms", record.last_successful_run_time);
  json.Field("sync_time_to_region_ms", record.sync_time_to_region);
  json.Field("sync_time_in_region_ms", record.sync_time_in_region);
  json.Field("sync_start_ms", record.sync_start);
  json.Field("sync_end_ms", record.sync_end);
}

}  // namespace

StatusReport MakeStatus(Role role, TimeMs now, const std::vector<plan::GroupSpec>& groups,
                        const std::vector<GroupRecord>& records, const PastByGroup& past, RoleProcess process) {
  StatusReport report{.role = role, .now = now, .process = std::move(process), .groups = {}};
  const RecordsByGroup known = RecordsOf(role, records);
  for (const plan::GroupSpec& spec : groups) {
    GroupStatus status{.record = RecordOf(role, spec, known), .lag = {}, .judgement = {}};
    plan::PlaceIn(spec, status.record.last_error_where);
    if (status.record.cut_time) status.lag = std::max<Millis>(now - *status.record.cut_time, Millis(0));
    const bool by_service = status.record.state != GroupState::kUnknown && !status.record.by_passes;
    if (by_service && report.process.runs == false) NoteStopped(status.record);
    const auto epochs = past.find(spec.name);
    status.judgement = Judge(status.record, spec, epochs == past.end() ? plan::PastEpochs{} : epochs->second, now);
    report.groups.push_back(std::move(status));
  }
  return report;
}

int64_t FilesWaiting(const GroupRecord& record) {
  return std::max<int64_t>(record.progress.files_total - record.progress.files, 0);
}

int64_t EpochsWaiting(const GroupRecord& record) {
  return std::max<int64_t>(record.staged_epoch.value() - record.epoch.value(), 0);
}

void AddNotices(const std::vector<Notice>& notices, StatusReport& report) {
  std::map<std::string, NoticeStatus> by_channel;
  for (const Notice& notice : notices) {
    const bool tried = notice.next && notice.attempts > 0;
    if (notice.arrived || (!tried && !notice.given_up())) continue;
    NoticeStatus& of = by_channel[notice.channel];
    of.channel = notice.channel;
    of.error = notice.error;
    if (notice.given_up()) {
      ++of.given_up;
      continue;
    }
    ++of.waiting;
    of.waiting_since = std::min(of.waiting_since.value_or(notice.created), notice.created);
  }
  for (auto& [channel, of] : by_channel) report.notices.push_back(std::move(of));
}

void AddAlarmsOf(const StatusReport& other, StatusReport& report) {
  const auto add = [&other](const std::optional<std::string>& from, std::optional<std::string>& to) {
    if (!from) return;
    const std::string text = fmt::format("{}: {}", RoleName(other.role), *from);
    to = to ? *to + "; " + text : text;
  };
  for (const GroupStatus& from : other.groups) {
    const auto to = std::ranges::find(report.groups, from.record.group,
                                      [](const GroupStatus& status) { return status.record.group; });
    if (to == report.groups.end()) continue;
    add(from.judgement.alarm, to->judgement.alarm);
    add(from.judgement.warning, to->judgement.warning);
  }
}

Verdict VerdictOf(const StatusReport& report) {
  Verdict worst = report.notices.empty() ? Verdict::kOk : Verdict::kWarning;
  for (const GroupStatus& group : report.groups) {
    if (group.judgement.alarm) return Verdict::kAlarm;
    const bool compared = std::ranges::all_of(
        group.live_set_checks, [](const LiveSetCheck& check) { return check.result == LiveSetResult::kSame; });
    const bool well = !group.judgement.warning && group.record.risk == Risk::kNone && compared;
    if (!well || group.record.files_may_vanish) worst = Verdict::kWarning;
  }
  return worst;
}

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk: return "ok";
    case Verdict::kWarning: return "warning";
    case Verdict::kAlarm: return "alarm";
  }
  return "";
}

std::string ToJson(const StatusReport& report) {
  json::Writer json(json::Texts::kShown);
  json.Field("role", RoleName(report.role));
  json.Field("time_ms", report.now);
  json.Field("verdict", VerdictName(VerdictOf(report)));
  json.Object("process", [&] {
    json.Field("runs", report.process.runs);
    json.Field("number", NullIfEmpty(report.process.number));
  });
  if (report.queues) {
    json.Object("queues", [&] {
      json.Field("copies", report.queues->copies);
      json.Field("passes", report.queues->passes);
      json.Field("requests", report.queues->requests);
    });
  } else {
    json.Null("queues");
  }
  json.Objects("notifications", report.notices, [&](const NoticeStatus& of) {
    json.Field("name", of.channel);
    json.Field("waiting", of.waiting);
    json.Field("waiting_since_ms", of.waiting_since);
    json.Field("given_up", of.given_up);
    json.Field("last_error", NullIfEmpty(of.error));
  });
  json.Objects("groups", report.groups, [&](const GroupStatus& status) {
    WriteGroup(json, status);
    WriteLiveSets(json, status.live_set_checks, report.now);
  });
  return json.FinishLine();
}

}  // namespace lakeferry
