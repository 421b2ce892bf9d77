#include "daemon/web/metrics.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>

#include "base/group_state.h"
#include "daemon/web/metrics_writer.h"

namespace lakeferry::web {
namespace {

using Kind = MetricsWriter::Kind;

double Seconds(Millis duration) { return static_cast<double>(duration.count()) / 1'000.0; }
double Seconds(TimeMs time) { return static_cast<double>(ToEpochMs(time)) / 1'000.0; }

// One gauge with a sample for each group of which there is something to say.
void EachGroup(MetricsWriter& out, const StatusReport& status, std::string_view name, std::string_view help,
               const std::function<std::optional<double>(const GroupStatus&)>& value) {
  out.Family(name, Kind::kGauge, help);
  for (const GroupStatus& group : status.groups) {
    if (const auto number = value(group)) out.Sample({{"group", group.record.group}}, *number);
  }
}

std::optional<double> OldestCheck(const GroupStatus& group, TimeMs now) {
  std::optional<double> oldest;
  for (const LiveSetCheck& check : group.live_set_checks) {
    oldest = std::max(oldest.value_or(0), Seconds(std::max<Millis>(now - check.checked, Millis(0))));
  }
  return oldest;
}

// How much of the time that finished work may wait is used up.
std::optional<double> BurnOf(const GroupStatus& group, TimeMs now) {
  if (!group.record.waiting_since) return 0;
  const double bound = Seconds(group.judgement.wait_bound);
  if (bound <= 0) return std::nullopt;
  return Seconds(std::max<Millis>(now - *group.record.waiting_since, Millis(0))) / bound;
}

void WriteStanding(MetricsWriter& out, const StatusReport& status) {
  const TimeMs now = status.now;
  EachGroup(out, status, "lakeferry_group_lag_seconds",
            "Age of the replica: now minus the cut time of the newest applied epoch.",
            [](const GroupStatus& group) { return group.lag ? std::optional(Seconds(*group.lag)) : std::nullopt; });
  EachGroup(out, status, "lakeferry_group_rpo_seconds", "How long finished work may wait before it alarms.",
            [](const GroupStatus& group) { return std::optional(Seconds(group.judgement.wait_bound)); });
  EachGroup(out, status, "lakeferry_group_rpo_burn_ratio",
            "How long the oldest finished work waits to be applied, as a part of lakeferry_group_rpo_seconds; 0 where "
            "none waits.",
            [now](const GroupStatus& group) { return BurnOf(group, now); });
  EachGroup(out, status, "lakeferry_group_epoch", "Newest epoch that is known to be applied.",
            [](const GroupStatus& group) { return std::optional(static_cast<double>(group.record.epoch.value())); });
  EachGroup(
      out, status, "lakeferry_group_staged_epoch", "Newest epoch that is known to be staged.",
      [](const GroupStatus& group) { return std::optional(static_cast<double>(group.record.staged_epoch.value())); });
  EachGroup(out, status, "lakeferry_group_last_verify_age_seconds",
            "Age of the oldest comparison of a table's live files with what its epoch says.",
            [now](const GroupStatus& group) { return OldestCheck(group, now); });
}

void WriteQueues(MetricsWriter& out, const StatusReport& status, const EngineView& view) {
  EachGroup(out, status, "lakeferry_group_waiting_files", "Files of the work under way that are not there yet.",
            [](const GroupStatus& group) { return std::optional(static_cast<double>(FilesWaiting(group.record))); });
  EachGroup(out, status, "lakeferry_group_waiting_epochs", "Epochs that are staged and not known to be applied.",
            [](const GroupStatus& group) { return std::optional(static_cast<double>(EpochsWaiting(group.record))); });
  out.Family("lakeferry_queue_depth", Kind::kGauge,
             "What waits in the process: copies for a slot, passes that were asked for, requests that a busy store "
             "holds back.");
  const QueueDepths queues = QueuesOf(view);
  out.Sample({{"queue", "copies"}}, queues.copies);
  out.Sample({{"queue", "passes"}}, queues.passes);
  out.Sample({{"queue", "requests"}}, queues.requests);
}

// Of a receiver: how long its readers could see a group at two epochs.
void WriteTorn(MetricsWriter& out, const StatusReport& status) {
  EachGroup(out, status, "lakeferry_group_torn_seconds",
            "How long readers could see some tables at the newest applied epoch and others before it, at most.",
            [](const GroupStatus& group) {
              return group.record.torn ? std::optional(Seconds(*group.record.torn)) : std::nullopt;
            });
  EachGroup(out, status, "lakeferry_group_torn_since_timestamp_seconds",
            "Since when readers may see some tables at an epoch and others before it; absent where they do not.",
            [](const GroupStatus& group) {
              const auto since = group.record.torn_since;
              return since ? std::optional(Seconds(*since)) : std::nullopt;
            });
}

void WriteTrouble(MetricsWriter& out, const StatusReport& status) {
  const TimeMs now = status.now;
  EachGroup(out, status, "lakeferry_group_failures_in_a_row", "Failed attempts since the last success.",
            [](const GroupStatus& group) { return std::optional(static_cast<double>(group.record.attempts)); });
  EachGroup(out, status, "lakeferry_group_failing_seconds", "How long the present incident lasts; 0 without one.",
            [now](const GroupStatus& group) {
              const auto since = group.record.failing_since;
              return std::optional(since ? Seconds(std::max<Millis>(now - *since, Millis(0))) : 0.0);
            });
  EachGroup(out, status, "lakeferry_group_alarm", "1 where 'lakeferry status --check' complains.",
            [](const GroupStatus& group) { return std::optional(group.judgement.alarm ? 1.0 : 0.0); });
  EachGroup(out, status, "lakeferry_group_risk", "What threatens the group: 0 nothing, 1 a warning, 2 an error.",
            [](const GroupStatus& group) { return std::optional(static_cast<double>(group.record.risk)); });
  EachGroup(out, status, "lakeferry_group_mail_trouble", "1 where the mails of the group cannot be sent.",
            [](const GroupStatus& group) { return std::optional(group.record.mail_trouble.empty() ? 0.0 : 1.0); });
  EachGroup(out, status, "lakeferry_group_files_may_vanish_timestamp_seconds",
            "From when on retention may delete files that the cut under way needs.", [](const GroupStatus& group) {
              const auto when = group.record.files_may_vanish;
              return when ? std::optional(Seconds(*when)) : std::nullopt;
            });
  out.Family("lakeferry_group_tables_not_same", Kind::kGauge,
             "Tables whose live files differ from what their epoch says, or could not be compared.");
  for (const GroupStatus& group : status.groups) {
    for (const LiveSetResult result : {LiveSetResult::kDiffers, LiveSetResult::kNotChecked}) {
      const auto count = std::ranges::count(group.live_set_checks, result, &LiveSetCheck::result);
      out.Sample({{"group", group.record.group}, {"result", LiveSetResultName(result)}}, int64_t{count});
    }
  }
}

void WriteStates(MetricsWriter& out, const StatusReport& status) {
  out.Family("lakeferry_group_state", Kind::kGauge, "1 for the state that the group is in, 0 for every other.");
  for (const GroupStatus& group : status.groups) {
    for (const GroupState state : kGroupStates) {
      out.Sample({{"group", group.record.group}, {"state", GroupStateName(state)}},
                 int64_t{group.record.state == state ? 1 : 0});
    }
  }
  out.Family("lakeferry_group_copy_bytes", Kind::kGauge, "Of the copy under way: bytes done, and all of them.");
  for (const GroupStatus& group : status.groups) {
    out.Sample({{"group", group.record.group}, {"of", "done"}}, group.record.progress.bytes);
    out.Sample({{"group", group.record.group}, {"of", "all"}}, group.record.progress.bytes_total);
  }
}

void EachCounter(MetricsWriter& out, const engine::CountersByGroup& counters, std::string_view name,
                 std::string_view help, int64_t engine::PassCounters::* member) {
  out.Family(name, Kind::kCounter, help);
  for (const auto& [group, counted] : counters) out.Sample({{"group", group}}, counted.*member);
}

void WriteCounters(MetricsWriter& out, const engine::CountersByGroup& counters) {
  using engine::PassCounters;
  EachCounter(out, counters, "lakeferry_passes_total", "Passes that ended.", &PassCounters::passes);
  EachCounter(out, counters, "lakeferry_epochs_total", "Passes that staged or applied an epoch.",
              &PassCounters::epochs);
  EachCounter(out, counters, "lakeferry_files_total", "Data files that epochs moved.", &PassCounters::files);
  EachCounter(out, counters, "lakeferry_bytes_total", "Bytes of data files that epochs moved.", &PassCounters::bytes);
  EachCounter(out, counters, "lakeferry_resumed_bytes_total",
              "Bytes that an earlier copy had sent before it broke off, and that were not sent again.",
              &PassCounters::resumed_bytes);
  out.Family("lakeferry_pass_failures_total", Kind::kCounter, "Passes that failed, by the kind of their error.");
  for (const auto& [group, counted] : counters) {
    for (const auto& [code, count] : counted.failures) {
      out.Sample({{"group", group}, {"kind", ErrorCodeName(code)}}, count);
    }
  }
}

void WriteSeconds(MetricsWriter& out, const TrafficByService& services) {
  out.Family("lakeferry_store_request_seconds", Kind::kHistogram, "How long requests to stores took.");
  for (const auto& [key, traffic] : services) {
    int64_t count = 0;
    for (size_t i = 0; i < traffic.within.size(); ++i) {
      count += traffic.within[i];
      const std::string end = i < kTrafficSeconds.size() ? fmt::format("{}", kTrafficSeconds[i]) : "+Inf";
      out.Sample({{"store", key.first}, {"method", key.second}, {"le", end}}, count, "_bucket");
    }
    out.Sample({{"store", key.first}, {"method", key.second}}, Seconds(traffic.took), "_sum");
    out.Sample({{"store", key.first}, {"method", key.second}}, count, "_count");
  }
}

void WriteTraffic(MetricsWriter& out, const TrafficByService& services) {
  out.Family("lakeferry_store_requests_total", Kind::kCounter,
             "Requests to stores over a network, by the class of their status or the kind of their error.");
  for (const auto& [key, traffic] : services) {
    for (const auto& [outcome, count] : traffic.replies) {
      out.Sample({{"store", key.first}, {"method", key.second}, {"outcome", outcome}}, count);
    }
  }
  out.Family("lakeferry_store_bytes_total", Kind::kCounter, "Bytes of bodies sent to stores and received from them.");
  for (const auto& [key, traffic] : services) {
    out.Sample({{"store", key.first}, {"method", key.second}, {"direction", "sent"}}, traffic.sent_bytes);
    out.Sample({{"store", key.first}, {"method", key.second}, {"direction", "received"}}, traffic.received_bytes);
  }
  WriteSeconds(out, services);
}

void WriteStatusTable(MetricsWriter& out, const StatusTableAccount& account) {
  if (!account.configured) return;
  out.Family("lakeferry_status_table_exports_total", Kind::kCounter, "Commits of rows to the status table.");
  out.Sample({}, account.exports);
  out.Family("lakeferry_status_table_failures_total", Kind::kCounter,
             "Attempts to write the status table that failed.");
  out.Sample({}, account.failures);
  out.Family("lakeferry_status_table_failures_in_a_row", Kind::kGauge,
             "Failed attempts to write the status table since the last success; 0 where it says what is known.");
  out.Sample({}, account.failures_in_a_row);
}

void WriteTracing(MetricsWriter& out, const notify::TracingAccount& account) {
  if (!account.configured) return;
  out.Family("lakeferry_traces_total", Kind::kCounter, "Traces of epochs, by what became of them.");
  out.Sample({{"outcome", "sent"}}, account.sent);
  out.Sample({{"outcome", "lost"}}, account.lost);
  out.Family("lakeferry_traces_waiting", Kind::kGauge, "Traces of epochs that are still to be sent.");
  out.Sample({}, account.waiting);
}

void WriteProcess(MetricsWriter& out, const MetricsReport& report) {
  out.Family("lakeferry_info", Kind::kGauge, "What runs.");
  out.Sample({{"role", RoleName(report.status.role)}, {"region", report.region}, {"version", LAKEFERRY_VERSION}},
             int64_t{1});
  out.Family("lakeferry_ready", Kind::kGauge, "1 once every group was looked at.");
  out.Sample({}, int64_t{WhyNotReady(report.view, report.now).empty() ? 1 : 0});
  out.Family("lakeferry_engine_view_age_seconds", Kind::kGauge,
             "How old the counters are: more than a few seconds where the engine hangs.");
  out.Sample({}, Seconds(std::max(report.now - report.view.taken, Millis(0))));
  out.Family("lakeferry_groups", Kind::kGauge, "Groups of the configuration.");
  out.Sample({}, static_cast<int64_t>(report.status.groups.size()));
  out.Family("process_resident_memory_bytes", Kind::kGauge, "Resident memory size in bytes.");
  out.Sample({}, report.process.resident_bytes);
  out.Family("process_cpu_seconds_total", Kind::kCounter, "Total user and system CPU time spent in seconds.");
  out.Sample({}, report.process.cpu_seconds);
  out.Family("process_open_fds", Kind::kGauge, "Number of open file descriptors.");
  out.Sample({}, report.process.open_files);
  out.Family("process_threads", Kind::kGauge, "Number of threads.");
  out.Sample({}, report.process.threads);
  out.Family("process_start_time_seconds", Kind::kGauge, "Start time of the process since unix epoch in seconds.");
  out.Sample({}, report.process.started_s);
}

}  // namespace

ProcessNumbers ProcessNumbers::Now() {
  static const double started = Seconds(std::chrono::floor<Millis>(std::chrono::system_clock::now()));
  ProcessNumbers numbers{.started_s = started};
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    numbers.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  int64_t pages = 0;
  int64_t resident = 0;
  std::ifstream statm("/proc/self/statm");
  if (statm >> pages >> resident) numbers.resident_bytes = resident * ::sysconf(_SC_PAGESIZE);
  std::error_code ignored;
  const auto entries = [&ignored](const char* folder) {
    return std::distance(std::filesystem::directory_iterator(folder, ignored), std::filesystem::directory_iterator());
  };
  numbers.open_files = entries("/proc/self/fd");
  numbers.threads = entries("/proc/self/task");
  return numbers;
}

std::string ToText(const MetricsReport& report, MetricsForm form) {
  MetricsWriter out(form);
  WriteProcess(out, report);
  WriteStanding(out, report.status);
  WriteTrouble(out, report.status);
  WriteTorn(out, report.status);
  WriteQueues(out, report.status, report.view);
  WriteStates(out, report.status);
  WriteCounters(out, report.view.snapshot.counters);
  WriteTraffic(out, report.view.traffic);
  WriteStatusTable(out, report.view.status_table);
  WriteTracing(out, report.view.tracing);
  return std::move(out).Finish();
}

}  // namespace lakeferry::web
