#include "daemon/output/state_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/output/evidence_output.h"
#include "daemon/output/human.h"
#include "daemon/output/json_writer.h"
#include "daemon/text_bytes.h"

namespace lakeferry {
namespace {

using Align = TextTable::Align;

std::optional<std::string> StateAlarmOf(const GroupStatus& status, const plan::GroupSpec& spec) {
  const GroupRecord& record = status.record;
  if (record.state == "failed" || record.state == "held" || record.state == "diverged") {
    return record.reason.empty() ? record.state : fmt::format("{}: {}", record.state, record.reason);
  }
  const Millis limit = std::max<Millis>(2 * spec.sync_interval, spec.force_sync_after.value_or(Millis(0)));
  if (!status.lag || *status.lag <= limit) return std::nullopt;
  return fmt::format("lag {} is above {}", HumanAge(*status.lag), FormatDuration(limit));
}

std::optional<std::string> AlarmOf(const GroupStatus& status, const plan::GroupSpec& spec) {
  std::optional<std::string> of_state = StateAlarmOf(status, spec);
  if (status.record.risk != Risk::kError) return of_state;
  return fmt::format("at risk: {}{}{}", status.record.risk_text, of_state ? "; " : "", of_state.value_or(""));
}

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
  fresh.state = "waiting";
  fresh.reason = fmt::format("the {} has not worked on it yet", RoleName(role));
  return fresh;
}

int64_t FilesOf(const EpochRecord& epoch) {
  int64_t files = 0;
  for (const TablePosition& table : epoch.tables) files += table.files;
  return files;
}

int64_t BytesOf(const EpochRecord& epoch) {
  int64_t bytes = 0;
  for (const TablePosition& table : epoch.tables) bytes += table.bytes;
  return bytes;
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

// What may go wrong with a group that works.
std::string RiskText(const GroupRecord& record, TimeMs now) {
  std::string text;
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
                  HumanTime(clocks.compared_at), SkewText(clocks.store_skew), SkewText(clocks.runs_skew));
  if (clocks.margin) text += fmt::format("; margin {}", FormatDuration(*clocks.margin));
  return text;
}

std::optional<int64_t> Count(std::optional<Millis> duration) {
  return duration ? std::optional<int64_t>(duration->count()) : std::nullopt;
}

void WriteClocks(JsonWriter& json, const ClockAccount& clocks) {
  json.Object("clocks", [&] {
    json.Field("store_skew_ms", Count(clocks.store_skew));
    json.Field("runs_skew_ms", Count(clocks.runs_skew));
    json.Field("margin_ms", Count(clocks.margin));
    json.Field("margin_measured", clocks.margin_measured);
    json.Field("compared_ms", clocks.compared_at);
  });
}

void WriteGroup(JsonWriter& json, const GroupStatus& status) {
  const GroupRecord& record = status.record;
  json.Field("group", record.group);
  json.Field("state", record.state);
  json.Field("epoch", record.epoch);
  json.Field("cut_time_ms", record.cut_time);
  if (status.lag) {
    json.Seconds("lag_seconds", *status.lag);
  } else {
    json.Null("lag_seconds");
  }
  json.Field("last_error", NullIfEmpty(record.last_error));
  json.Field("last_error_remedy", NullIfEmpty(record.last_error_remedy));
  json.Field("reason", record.reason);
  json.Field("alarm", status.alarm);
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
                        const std::vector<GroupRecord>& records) {
  StatusReport report{.role = role, .now = now, .groups = {}};
  for (const plan::GroupSpec& spec : groups) {
    GroupStatus status{.record = RecordOf(role, spec, records), .sync_interval = spec.sync_interval};
    if (status.record.cut_time) status.lag = std::max<Millis>(now - *status.record.cut_time, Millis(0));
    status.alarm = AlarmOf(status, spec);
    report.groups.push_back(std::move(status));
  }
  return report;
}

std::string ToJson(const StatusReport& report) {
  JsonWriter json;
  json.Field("role", RoleName(report.role));
  json.Field("time_ms", report.now);
  json.Objects("groups", report.groups, [&](const GroupStatus& status) { WriteGroup(json, status); });
  return json.Finish();
}

std::string ToText(const StatusReport& report) {
  TextTable table({{"GROUP"}, {"STATE"}, {"EPOCH", Align::kRight}, {"CUT"}, {"LAG", Align::kRight}, {"REASON"}});
  std::string errors;
  std::string clocks;
  for (const GroupStatus& status : report.groups) {
    const GroupRecord& record = status.record;
    const bool any = record.epoch.value() > 0;
    table.Add({record.group, record.state, any ? std::to_string(record.epoch.value()) : "-", HumanTime(record.cut_time),
               status.lag ? HumanAge(*status.lag) : "-", record.reason.empty() ? "-" : record.reason});
    if (record.clocks.margin_measured) clocks += OneLine(ClocksText(record)) + "\n";
    if (status.alarm) errors += OneLine(fmt::format("ALARM {}: {}", record.group, *status.alarm)) + "\n";
    errors += RiskText(record, report.now);
    if (record.last_error.empty()) continue;
    errors += OneLine(fmt::format("{}: {}{}", record.group, record.last_error,
                                  record.failing_since ? ", since " + HumanTime(record.failing_since) : "")) +
              "\n";
    if (!record.last_error_remedy.empty()) errors += OneLine("  remedy: " + record.last_error_remedy) + "\n";
  }
  return fmt::format("{}, {}\n", RoleName(report.role), HumanTime(report.now)) + table.ToText() +
         (errors.empty() ? "" : "\n" + errors) + (clocks.empty() ? "" : "\n" + clocks);
}

std::string ToJson(const HistoryReport& report) {
  JsonWriter json;
  json.Field("group", report.group);
  json.Field("role", RoleName(report.role));
  json.Objects("epochs", report.epochs, [&](const EpochRecord& epoch) {
    json.Field("epoch", epoch.epoch);
    json.Field("cut_time_ms", epoch.cut_time);
    json.Field("run_ids", epoch.run_ids);
    json.Field("atomic", epoch.atomic);
    WriteEvidence(json, epoch.evidence);
    json.Field("state", EpochStateName(epoch.state));
    json.Field("files", FilesOf(epoch));
    json.Field("bytes", BytesOf(epoch));
    json.Seconds("seconds", Millis(epoch.worked_ms));
    json.Field("started_ms", epoch.started);
    json.Field("ended_ms", epoch.ended);
    json.Field("error", NullIfEmpty(epoch.error));
    json.Objects("tables", epoch.tables, [&](const TablePosition& table) {
      json.Field("table", table.table);
      json.Field("source_version", table.source_version);
      json.Field("replica_version", table.replica_version);
      json.Field("files", table.files);
      json.Field("bytes", table.bytes);
      json.Field("files_added", table.files_added);
      json.Field("files_removed", table.files_removed);
    });
  });
  return json.Finish();
}

std::string ToText(const HistoryReport& report) {
  if (report.epochs.empty()) {
    return OneLine(fmt::format("{}: no epochs yet at the {}", report.group, RoleName(report.role))) + "\n";
  }
  TextTable table({{"EPOCH", Align::kRight},
                   {"CUT"},
                   {"STATE"},
                   {"ATOMIC"},
                   {"BY"},
                   {"FILES", Align::kRight},
                   {"SIZE", Align::kRight},
                   {"TOOK", Align::kRight},
                   {"RUNS"},
                   {"ERROR"}});
  std::string warnings;
  for (const EpochRecord& epoch : report.epochs) {
    table.Add({std::to_string(epoch.epoch.value()), HumanTime(epoch.cut_time), std::string(EpochStateName(epoch.state)),
               epoch.atomic ? "yes" : "NO", EvidenceText(epoch.evidence), std::to_string(FilesOf(epoch)),
               HumanBytes(BytesOf(epoch)), FormatDuration(Millis(epoch.worked_ms)), HumanList(epoch.run_ids),
               epoch.error.empty() ? "-" : epoch.error});
    const std::string what = fmt::format("{}: epoch {}", report.group, epoch.epoch.value());
    warnings += UnexplainedText(what, epoch.evidence.unexplained);
  }
  return table.ToText() + warnings;
}

}  // namespace lakeferry
