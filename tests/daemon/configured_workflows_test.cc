// Which source each group's runs come from.
#include "daemon/wiring/configured_workflows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "daemon/wiring/system_clock.h"
#include "tests/storage/cloud/scripted_services.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_state_store.h"
#include "tests/support/run_task.h"
#include "workflow/ledger_source.h"

namespace lakeferry {
namespace {

using testing::HasSubstr;

class ConfiguredWorkflowsTest : public testing::Test {
 protected:
  void Use(std::map<std::string, WorkflowSettings> sources, std::vector<std::string> workflows = {"nightly"}) {
    Config config;
    for (auto& [group, settings] : sources) {
      plan::GroupSpec spec;
      spec.name = group;
      spec.workflows = workflows;
      config.groups.push_back(spec);
    }
    config.workflow_sources = std::move(sources);
    sources_.Use(config);
  }
  static WorkflowSettings Airflow(std::string url) {
    return {.kind = WorkflowKind::kAirflow,
            .url = std::move(url),
            .login = {.token = SecretRef{.kind = SecretRef::Kind::kFile, .name = "/nowhere"}}};
  }

  boost::asio::io_context loop_;
  ScriptedHost host_;
  ScriptedHttp http_;
  ManualClock clock_;
  SystemRandom random_;
  MemoryStateStore state_;
  LedgerSource ledger_{&state_};
  ConfiguredWorkflows sources_{
      {.login = {.engine = loop_.get_executor(), .http = http_, .metadata = http_, .host = host_, .clock = clock_},
       .clock = clock_,
       .random = random_,
       .pool = loop_.get_executor()},
      ledger_};
};

TEST_F(ConfiguredWorkflowsTest, AGroupHasTheSourceThatItNamesAndElseTheLedger) {
  Use({{"a", Airflow("https://a")},
       {"d", {.kind = WorkflowKind::kDatabricks, .url = "https://d", .login = {.managed_identity = true}}},
       {"c", {.kind = WorkflowKind::kCommand, .url = {}, .login = {}, .command = {"/runs"}}}});
  EXPECT_EQ(sources_.Of("a").name(), "Airflow");
  EXPECT_EQ(sources_.Of("d").name(), "Databricks workspace");
  EXPECT_EQ(sources_.Of("c").name(), "program for runs");
  EXPECT_EQ(&sources_.Of("other"), &ledger_);
  EXPECT_EQ(&sources_.Of("a"), &sources_.Of("a"));
  Use({{"p", {.kind = WorkflowKind::kPush, .url = {}, .login = {}}}});
  EXPECT_EQ(sources_.Of("p").name(), "pushed runs");
}

TEST_F(ConfiguredWorkflowsTest, ASourceThatCannotBeMadeSaysWhyInPlaceOfRuns) {
  host_.variables["DATABRICKS_HOST"] = "https://elsewhere";
  Use({{"d", {.kind = WorkflowKind::kDatabricks, .url = "https://d", .login = {}}}});
  const auto runs = RunTask(sources_.Of("d").RunsSince({}, "nightly", FromEpochMs(0)), loop_);
  ASSERT_FALSE(runs);
  EXPECT_THAT(runs.error().message, HasSubstr("DATABRICKS_HOST"));
}

TEST_F(ConfiguredWorkflowsTest, AfterAReloadAGroupHasItsNewSourceAndTheOldOneLivesForWhoeverWaits) {
  Use({{"a", Airflow("https://a")}, {"b", Airflow("https://b")}});
  WorkflowSource& first = sources_.Of("a");
  WorkflowSource& unchanged = sources_.Of("b");
  Use({{"a", Airflow("https://other")}, {"b", Airflow("https://b")}});
  EXPECT_NE(&sources_.Of("a"), &first);
  EXPECT_EQ(&sources_.Of("b"), &unchanged) << "what it remembers stays";
  EXPECT_EQ(first.name(), "Airflow");
  Use({{"b", Airflow("https://b")}}, {"nightly", "weekly"});
  EXPECT_EQ(&sources_.Of("a"), &ledger_);
  EXPECT_NE(&sources_.Of("b"), &unchanged) << "it has other workflows";
}

}  // namespace
}  // namespace lakeferry
