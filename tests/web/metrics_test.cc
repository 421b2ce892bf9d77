// What /metrics says, in both forms.
#include "daemon/web/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "daemon/web/metrics_writer.h"

namespace lakeferry::web {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

const TimeMs kScrapedAt = *ParseTime("2026-11-21T12:00:00Z");

LiveSetCheck CheckOf(const std::string& table, LiveSetResult result, TimeMs checked) {
  LiveSetCheck check;
  check.table = table;
  check.result = result;
  check.checked = checked;
  return check;
}

MetricsReport Sample(const std::string& group = "orders") {
  GroupStatus status{.record = {}, .lag = Millis(90'000), .judgement = {}};
  status.record.group = group;
  status.record.state = GroupState::kFailed;
  status.record.epoch = Epoch(7);
  status.record.attempts = 3;
  status.record.waiting_since = kScrapedAt - Millis(450'000);
  status.judgement.wait_bound = Millis(900'000);
  status.live_set_checks = {CheckOf("a", LiveSetResult::kDiffers, kScrapedAt - Millis(3'600'000)),
                            CheckOf("b", LiveSetResult::kSame, kScrapedAt - Millis(60'000))};
  MetricsReport report{
      .status = {.role = Role::kSender, .now = kScrapedAt, .groups = {status}}, .view = {}, .now = Millis(10'000)};
  report.view.known = true;
  report.view.taken = Millis(9'500);
  report.view.snapshot.counters[group] = {.passes = 10,
                                          .epochs = 7,
                                          .files = 70,
                                          .bytes = 7'000,
                                          .resumed_bytes = 800,
                                          .failures = {{ErrorCode::kUnavailable, 3}}};
  Traffic& traffic = report.view.traffic[{"store:443", "GET"}];
  traffic.replies = {{"2xx", 4}, {"unavailable", 1}};
  traffic.within = {3, 1, 0, 0, 0, 0, 1};
  traffic.took = Millis(40'250);
  return report;
}

TEST(Metrics, SayHowGroupsStand) {
  const std::string text = ToText(Sample(), MetricsForm::kPrometheus);
  for (const char* line : {
           "lakeferry_group_lag_seconds{group=\"orders\"} 90\n",
           "lakeferry_group_rpo_seconds{group=\"orders\"} 900\n",
           "lakeferry_group_rpo_burn_ratio{group=\"orders\"} 0.5\n",
           "lakeferry_group_epoch{group=\"orders\"} 7\n",
           "lakeferry_group_failures_in_a_row{group=\"orders\"} 3\n",
           "lakeferry_group_state{group=\"orders\",state=\"failed\"} 1\n",
           "lakeferry_group_state{group=\"orders\",state=\"idle\"} 0\n",
           "lakeferry_group_last_verify_age_seconds{group=\"orders\"} 3600\n",
           "lakeferry_group_tables_not_same{group=\"orders\",result=\"differs\"} 1\n",
           "lakeferry_passes_total{group=\"orders\"} 10\n",
           "lakeferry_pass_failures_total{group=\"orders\",kind=\"unavailable\"} 3\n",
           "lakeferry_bytes_total{group=\"orders\"} 7000\n",
           "lakeferry_resumed_bytes_total{group=\"orders\"} 800\n",
           "lakeferry_store_requests_total{store=\"store:443\",method=\"GET\",outcome=\"2xx\"} 4\n",
           "lakeferry_store_request_seconds_bucket{store=\"store:443\",method=\"GET\",le=\"0.05\"} 4\n",
           "lakeferry_store_request_seconds_bucket{store=\"store:443\",method=\"GET\",le=\"+Inf\"} 5\n",
           "lakeferry_store_request_seconds_sum{store=\"store:443\",method=\"GET\"} 40.25\n",
           "lakeferry_store_request_seconds_count{store=\"store:443\",method=\"GET\"} 5\n",
           "lakeferry_engine_view_age_seconds 0.5\n",
           "lakeferry_ready 1\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Metrics, SayWhatWaitsAndHowLongReadersSeeTwoEpochs) {
  MetricsReport report = Sample();
  EXPECT_THAT(ToText(report, MetricsForm::kPrometheus), Not(HasSubstr("torn_seconds{")));
  GroupRecord& record = report.status.groups[0].record;
  record.staged_epoch = Epoch(9);
  record.progress = {.files = 3, .files_total = 10};
  record.torn = Millis(250);
  record.torn_since = FromEpochMs(1'000'500);
  report.view.snapshot.copies_waiting = 4;
  report.view.snapshot.passes_waiting = 1;
  report.view.requests_waiting = 6;
  const std::string text = ToText(report, MetricsForm::kPrometheus);
  for (const char* line :
       {"lakeferry_group_torn_seconds{group=\"orders\"} 0.25\n",
        "lakeferry_group_torn_since_timestamp_seconds{group=\"orders\"} 1000.5\n",
        "lakeferry_group_waiting_files{group=\"orders\"} 7\n", "lakeferry_group_waiting_epochs{group=\"orders\"} 2\n",
        "lakeferry_queue_depth{queue=\"copies\"} 4\n", "lakeferry_queue_depth{queue=\"passes\"} 1\n",
        "lakeferry_queue_depth{queue=\"requests\"} 6\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Metrics, TheStatusTableIsCountedWhereThereIsOne) {
  MetricsReport report = Sample();
  EXPECT_THAT(ToText(report, MetricsForm::kPrometheus), Not(HasSubstr("lakeferry_status_table")));
  report.view.status_table = {.configured = true, .exports = 4, .failures = 3, .failures_in_a_row = 2};
  const std::string text = ToText(report, MetricsForm::kPrometheus);
  EXPECT_THAT(text, HasSubstr("lakeferry_status_table_exports_total 4\n"));
  EXPECT_THAT(text, HasSubstr("lakeferry_status_table_failures_total 3\n"));
  EXPECT_THAT(text, HasSubstr("lakeferry_status_table_failures_in_a_row 2\n"));
}

TEST(Metrics, OpenMetricsNamesFamiliesOfCountersWithoutTheirEndingAndHasAnEnd) {
  const std::string text = ToText(Sample(), MetricsForm::kOpenMetrics);
  EXPECT_THAT(text, HasSubstr("# TYPE lakeferry_passes counter\n"));
  EXPECT_THAT(text, HasSubstr("lakeferry_passes_total{"));
  EXPECT_THAT(text, EndsWith("# EOF\n"));
  EXPECT_THAT(ToText(Sample(), MetricsForm::kPrometheus), HasSubstr("# TYPE lakeferry_passes_total counter\n"));
  EXPECT_THAT(ToText(Sample(), MetricsForm::kPrometheus), Not(HasSubstr("# EOF")));
  EXPECT_EQ(FormFor("application/openmetrics-text; version=1.0.0,text/plain;q=0.5"), MetricsForm::kOpenMetrics);
  EXPECT_EQ(FormFor("*/*"), MetricsForm::kPrometheus);
}

TEST(Metrics, ANameOfAGroupForgesNothing) {
  const std::string hostile = "a\"} 1\nlakeferry_ready 0\n\\ \xff\x1b[31m";
  const std::string text = ToText(Sample(hostile), MetricsForm::kPrometheus);
  EXPECT_THAT(text, HasSubstr("{group=\"a\\\"} 1\\nlakeferry_ready 0\\n\\\\ "));
  EXPECT_THAT(text, Not(HasSubstr("\nlakeferry_ready 0\n")));
  EXPECT_THAT(text, Not(HasSubstr("\xff")));
}

TEST(Metrics, EachFamilyIsThereOnceAndEachSampleIsOfOne) {
  for (const MetricsForm form : {MetricsForm::kPrometheus, MetricsForm::kOpenMetrics}) {
    const std::string text = ToText(Sample(), form);
    std::set<std::string> families;
    for (size_t at = text.find("# TYPE "); at != std::string::npos; at = text.find("# TYPE ", at + 1)) {
      const std::string name = text.substr(at + 7, text.find(' ', at + 7) - at - 7);
      EXPECT_TRUE(families.insert(name).second) << name;
    }
    EXPECT_GT(families.size(), 25U);
  }
}

TEST(Readiness, EveryGroupIsLookedAtOnce) {
  EngineView view{.known = true, .taken = Millis(1'000)};
  GroupRecord orders;
  orders.group = "orders";
  GroupRecord stock;
  stock.group = "stock";
  view.snapshot.groups = {orders, stock};
  view.snapshot.counters["stock"].passes = 1;
  EXPECT_EQ(WhyNotReady(view, Millis(1'000)), "1 of 2 groups not looked at yet: orders");
  view.snapshot.groups[0].progress.bytes_total = 10;
  EXPECT_EQ(WhyNotReady(view, Millis(1'000)), "") << "it is at work";
  EXPECT_THAT(WhyNotReady(view, Millis(17'000)), HasSubstr("the engine has not answered for"));
  view.known = false;
  EXPECT_THAT(WhyNotReady(view, Millis(1'000)), HasSubstr("not answered yet"));
}

}  // namespace
}  // namespace lakeferry::web
