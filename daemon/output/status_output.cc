#include "daemon/output/status_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/config/text_bytes.h"
#include "daemon/output/human.h"
#include "daemon/output/live_set_output.h"
#include "json/writer.h"
#include "plan/cut/clock_margin.h"

namespace lakeferry {
namespace {

using Align = TextTable::Align;

GroupRecord RecordOf(Role role, const plan::GroupSpec& spec, const std::vector<GroupRecord>& records) {
  for (const GroupRecord& record : records) {
    if (record.role == role && record.group == spec.name) return record;
  }
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

bool AtWork(const GroupRecord& record) {
  const bool works = record.state == GroupState::kStaging || record.state == GroupState::kApplying ||
                     record.state == GroupState::kRestaging;
  return works && record.progress.files_total + record.progress.bytes_total > 0;
}

std::string ReasonText(const GroupRecord& record) {
  if (!record.last_error.empty()) return "see below";
  std::string text = record.reason;
  if (AtWork(record)) {
    const WorkProgress& done = record.progress;
    text += fmt::format("{}{} of {}, {} of {}", text.empty() ? "" : "; ", done.files,
                        HumanCount(done.files_total, "file"), HumanBytes(done.bytes), HumanBytes(done.bytes_total));
  }
  return text.empty() ? "-" : text;
}

// The error once, with its place: in the alarm where there is one.
std::string AlarmText(const GroupStatus& status) {
  const GroupRecord& record = status.record;
  std::string what = status.judgement.alarm.value_or("");
  const std::string since = record.failing_since ? ", since " + HumanTime(record.failing_since) : "";
  std::string text;
  if (!record.last_error.empty()) {
    const size_t at = record.reason.empty() ? std::string::npos : what.find(record.reason);
    if (at == std::string::npos) {
      text += OneLine(record.group + ": " + record.last_error + since) + "\n";
    } else {
      what.replace(at, record.reason.size(), record.last_error + since);
    }
  }
  if (!what.empty()) text = OneLine(fmt::format("ALARM {}: {}", record.group, what)) + "\n" + text;
  if (!record.last_error_remedy.empty()) text += OneLine("  remedy: " + record.last_error_remedy) + "\n";
  return text;
}

// What may go wrong with a group that works.
std::string RiskText(const GroupStatus& status, TimeMs now) {
  const GroupRecord& record = status.record;
  std::string text;
  if (status.judgement.warning)
    text += OneLine(fmt::format("WARNING {}: {}", record.group, *status.judgement.warning)) + "\n";
  if (record.risk == Risk::kWarning)
    text += OneLine(fmt::format("WARNING {}: {}", record.group, record.risk_text)) + "\n";
  if (record.risk != Risk::kNone && !record.risk_remedy.empty())
    text += OneLine("  remedy: " + record.risk_remedy) + "\n";
  if (record.files_may_vanish) {
    const TimeMs from = *record.files_may_vanish;
    text += OneLine(fmt::format("WARNING {}: files of the cut under way may vanish from {} on ({})", record.group,
                                HumanTime(from), from <= now ? "now" : "in " + HumanAge(from - now))) +
            "\n";
  }
  return text;
}

// How the clocks compare that times of commits and of runs are from.
std::string ClocksText(const GroupRecord& record) {
  const ClockAccount& clocks = record.clocks;
  std::string text =
      fmt::format("{}: clocks compared {}: the store's is {}, that of the runs {}", record.group,
                  HumanTime(clocks.compared_at), plan::SkewText(clocks.store_skew), plan::SkewText(clocks.runs_skew));
  if (clocks.margin) text += fmt::format("; margin {}", FormatDuration(*clocks.margin));
  return text;
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

void WriteStanding(json::Writer& json, const GroupStatus& status) {
  const GroupRecord& record = status.record;
  const bool staged = record.staged_epoch.value() > 0;
  json.Field("epoch", record.epoch);
  json.Field("cut_time_ms", record.cut_time);
  json.Field("staged_epoch", record.staged_epoch);
  json.Field("staged_cut_time_ms", staged ? record.sync_time_to_region : std::nullopt);
  if (status.lag) {
    json.Seconds("lag_seconds", *status.lag);
  } else {
    json.Null("lag_seconds");
  }
  json.Field("waiting_since_ms", record.waiting_since);
  json.Seconds("rpo_seconds", status.judgement.wait_bound);
  WriteProgress(json, record);
}

void WriteGroup(json::Writer& json, const GroupStatus& status) {
  const GroupRecord& record = status.record;
  json.Field("group", record.group);
  json.Field("state", GroupStateName(record.state));
  WriteStanding(json, status);
  json.Field("last_error", NullIfEmpty(record.last_error));
  json.Field("last_error_remedy", NullIfEmpty(record.last_error_remedy));
  json.Field("reason", record.reason);
  json.Field("alarm", status.judgement.alarm);
  json.Field("warning", status.judgement.warning);
  json.Field("mail_trouble", NullIfEmpty(record.mail_trouble));
  json.Field("alive_ms", record.alive);
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
                        const std::vector<GroupRecord>& records, const PastByGroup& past) {
  StatusReport report{.role = role, .now = now, .groups = {}};
  for (const plan::GroupSpec& spec : groups) {
    GroupStatus status{.record = RecordOf(role, spec, records), .lag = {}, .judgement = {}};
    if (status.record.cut_time) status.lag = std::max<Millis>(now - *status.record.cut_time, Millis(0));
    const auto epochs = past.find(spec.name);
    status.judgement = Judge(status.record, spec, epochs == past.end() ? plan::PastEpochs{} : epochs->second, now);
    report.groups.push_back(std::move(status));
  }
  return report;
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

std::string ToJson(const StatusReport& report) {
  json::Writer json(json::Texts::kShown);
  json.Field("role", RoleName(report.role));
  json.Field("time_ms", report.now);
  json.Objects("groups", report.groups, [&](const GroupStatus& status) {
    WriteGroup(json, status);
    WriteLiveSets(json, status.live_set_checks, report.now);
  });
  return json.FinishLine();
}

std::string ToText(const StatusReport& report) {
  TextTable table({{"GROUP"},
                   {"STATE"},
                   {"EPOCH", Align::kRight},
                   {"STAGED", Align::kRight},
                   {"CUT"},
                   {"LAG", Align::kRight},
                   {"WORK WAITS", Align::kRight},
                   {"REASON"}});
  std::string errors;
  std::string clocks;
  const auto number = [](Epoch epoch) { return epoch.value() > 0 ? std::to_string(epoch.value()) : "-"; };
  for (const GroupStatus& status : report.groups) {
    const GroupRecord& record = status.record;
    table.Add({record.group, std::string(GroupStateName(record.state)), number(record.epoch),
               number(record.staged_epoch), HumanTime(record.cut_time), status.lag ? HumanAge(*status.lag) : "-",
               record.waiting_since ? HumanAge(report.now - *record.waiting_since) : "-", ReasonText(record)});
    errors += AlarmText(status) + RiskText(status, report.now) + LiveSetText(status.live_set_checks, report.now);
    if (record.clocks.margin_measured) clocks += OneLine(ClocksText(record)) + "\n";
  }
  return fmt::format("{}, {}\n", RoleName(report.role), HumanTime(report.now)) + table.ToText() +
         (errors.empty() ? "" : "\n" + errors) + (clocks.empty() ? "" : "\n" + clocks);
}

}  // namespace lakeferry
