// `status` for people: a verdict, a line a group, and then what is to be said of those that are not idle.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/output/human.h"
#include "daemon/output/lines.h"
#include "daemon/output/live_set_output.h"
#include "daemon/output/status_output.h"
#include "daemon/output/text_table.h"
#include "plan/cut/clock_margin.h"

namespace lakeferry {
namespace {

using Align = TextTable::Align;
using Fit = TextTable::Fit;

std::string VerdictText(const StatusReport& report) {
  std::vector<std::string> alarmed;
  for (const GroupStatus& group : report.groups) {
    if (group.judgement.alarm)
      alarmed.push_back(fmt::format("{} ({})", group.record.group, GroupStateName(group.record.state)));
  }
  const std::string groups = HumanCount(static_cast<int64_t>(report.groups.size()), "group");
  switch (VerdictOf(report)) {
    case Verdict::kOk: return fmt::format("OK: {}", groups);
    case Verdict::kWarning: return fmt::format("WARNING: {}, none needs somebody at once", groups);
    case Verdict::kAlarm: break;
  }
  return fmt::format("ALARM: {} of {}: {}", alarmed.size(), groups, fmt::join(alarmed, ", "));
}

std::string ProcessText(const StatusReport& report) {
  const RoleProcess& process = report.process;
  std::string text = fmt::format("{}, {}", RoleName(report.role), HumanTime(report.now));
  if (!process.runs) return text + ": whether a service runs cannot be told";
  if (*process.runs) return text + fmt::format(": runs as process {}", process.number);
  const bool once = std::ranges::any_of(report.groups, [](const GroupStatus& group) { return group.record.by_passes; });
  return text + (once ? ": no service runs; passes are started one by one" : ": no service runs");
}

// What it does just now, or waits for.
std::string ReasonText(const GroupStatus& status) {
  const GroupRecord& record = status.record;
  if (!record.last_error.empty() || record.state == GroupState::kStopped) return "-";
  const WorkProgress& done = record.progress;
  std::string text = record.state == GroupState::kIdle ? "" : record.reason;
  if (done.files_total + done.bytes_total > 0) {
    text += fmt::format("{}{}{} of {}, {} of {}", text.empty() ? "" : "; ",
                        record.phase.empty() ? "" : record.phase + " ", done.files,
                        HumanCount(done.files_total, "file"), HumanBytes(done.bytes), HumanBytes(done.bytes_total));
    if (record.resumed_bytes > 0) text += fmt::format(", {} not sent again", HumanBytes(record.resumed_bytes));
    if (status.bandwidth_limit) text += fmt::format(", at most {}/s", HumanBytes(*status.bandwidth_limit));
  }
  return text.empty() ? "-" : text;
}

std::string Remedy(const std::string& remedy) {
  return remedy.empty() ? std::string() : Wrapped("remedy: " + remedy, 2, 4);
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
      text += Wrapped(record.group + ": " + record.last_error + since);
    } else {
      what.replace(at, record.reason.size(), record.last_error + since);
    }
  }
  if (!what.empty()) text = Wrapped(fmt::format("ALARM {}: {}", record.group, what)) + text;
  return text + Remedy(record.last_error_remedy);
}

// What may go wrong with a group that works.
std::string RiskText(const GroupStatus& status, TimeMs now) {
  const GroupRecord& record = status.record;
  std::string text;
  if (status.judgement.warning) text += Wrapped(fmt::format("WARNING {}: {}", record.group, *status.judgement.warning));
  if (record.risk == Risk::kWarning) text += Wrapped(fmt::format("WARNING {}: {}", record.group, record.risk_text));
  if (record.risk != Risk::kNone) text += Remedy(record.risk_remedy);
  if (record.files_may_vanish) {
    const TimeMs from = *record.files_may_vanish;
    text += Wrapped(fmt::format("WARNING {}: files of the cut under way may vanish from {} on ({})", record.group,
                                HumanTime(from), from <= now ? "now" : "in " + HumanAge(from - now)));
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
  return Wrapped(text);
}

std::string AgeOr(std::optional<Millis> age) { return age ? HumanAge(*age) : "-"; }

void AddRow(const StatusReport& report, const GroupStatus& status, TextTable& table) {
  const GroupRecord& record = status.record;
  const auto number = [](Epoch epoch) { return epoch.value() > 0 ? std::to_string(epoch.value()) : "-"; };
  const auto waits = record.waiting_since ? std::optional<Millis>(report.now - *record.waiting_since) : std::nullopt;
  table.Add({record.group, std::string(GroupStateName(record.state)),
             record.last_error_kind.empty() ? "-" : record.last_error_kind, number(record.epoch),
             number(record.staged_epoch), AgeOr(status.lag), AgeOr(waits), AgeOr(status.judgement.worst_loss),
             ReasonText(status)});
}

// Whom notices do not reach.
std::string NoticesText(const StatusReport& report) {
  std::string text;
  for (const NoticeStatus& of : report.notices) {
    std::string what;
    if (of.waiting > 0) {
      what = fmt::format("{} to notification '{}' since {}, tried again", HumanCount(of.waiting, "notice"), of.channel,
                         HumanTime(of.waiting_since));
    }
    if (of.given_up > 0) {
      what += fmt::format("{}{} to notification '{}' given up", what.empty() ? "" : "; ",
                          HumanCount(of.given_up, "notice"), of.channel);
    }
    text += Wrapped(fmt::format("WARNING: {}: {}", what, of.error));
  }
  return text;
}

// Who has paused it is its reason; tables that go over whole.
std::string AskedText(const GroupRecord& record) {
  std::string text;
  for (const AskedWhole& asked : record.resync) {
    const std::string when = asked.staged == Epoch() ? "the next epoch" : fmt::format("epoch {}", asked.staged.value());
    text += Wrapped(fmt::format("{}: table '{}' goes over whole with {} (resync)", record.group, asked.table, when));
  }
  return text;
}

// Of a copy that is over: what an earlier one had sent of it.
std::string ResumedText(const GroupRecord& record) {
  const bool at_work = record.progress.files_total + record.progress.bytes_total > 0;
  if (record.resumed_bytes == 0 || at_work) return {};
  return Wrapped(fmt::format("{}: {} of the last copy were not sent again: one that broke off had sent them",
                             record.group, HumanBytes(record.resumed_bytes)));
}

}  // namespace

std::string ToText(const StatusReport& report) {
  TextTable table({{.title = "GROUP", .fit = Fit::kShorten},
                   {.title = "STATE"},
                   {.title = "ERROR", .fit = Fit::kBelow},
                   {.title = "APPLIED", .align = Align::kRight},
                   {.title = "STAGED", .align = Align::kRight},
                   {.title = "AGE", .align = Align::kRight},
                   {.title = "WAITS", .align = Align::kRight},
                   {.title = "AT WORST", .align = Align::kRight},
                   {.title = "REASON", .fit = Fit::kBelow}});
  std::string errors = NoticesText(report);
  std::string notes;
  for (const GroupStatus& status : report.groups) {
    AddRow(report, status, table);
    errors += AskedText(status.record) + AlarmText(status) + RiskText(status, report.now) +
              LiveSetText(status.live_set_checks, report.now);
    notes += ResumedText(status.record);
    if (status.record.clocks.margin_measured) notes += ClocksText(status.record);
  }
  return Wrapped(VerdictText(report)) + Wrapped(ProcessText(report)) + "\n" + table.ToText() +
         (errors.empty() ? "" : "\n" + errors) + (notes.empty() ? "" : "\n" + notes);
}

}  // namespace lakeferry
