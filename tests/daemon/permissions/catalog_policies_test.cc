// What each role is granted in catalogs and workspaces, as the owner of one pastes it.
#include "daemon/permissions/catalog_policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/config/load_config.h"
#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kCloned = R"(
region: west
secret_scope: lake tokens
workspaces:
  - workspace_name: lake
    workspace_instance_url: https://adb-1.example.net
    workspace_pat_key: east
    sync_location_secondary: s3://lake-west/staging
    primary_region: east
    secondary_region: west
    roots: { west: s3://lake-west/replicas }
    catalog:
      east: { kind: unity, url: "https://uc-east.example.com", token: { env: T } }
      west: { kind: databricks, url: "https://adb-2.example.net", token: { env: U }, warehouse: 0123abcd }
    sync_groups:
      - group_name: gold
        apply: sql_clone
        workflow: [nightly, "job_id:17"]
        tables: [main.gold.orders]
      - group_name: raw
        workflow: nightly
        register: true
        tables: [main.raw.*]
)";

Config ReadServices(const std::string& text) {
  const ConfigResult config = LoadConfig(text, "c.yaml");
  EXPECT_THAT(ProblemLines(config), IsEmpty());
  return *config;
}

std::vector<std::string> Names(const std::vector<ServicePolicy>& policies) {
  std::vector<std::string> names;
  for (const ServicePolicy& one : policies) names.push_back(one.service + " " + one.policy.name);
  return names;
}

Policy Named(const std::vector<ServicePolicy>& policies, const std::string& name) {
  const auto found = std::ranges::find_if(policies, [&](const ServicePolicy& one) { return one.policy.name == name; });
  EXPECT_NE(found, policies.end()) << name;
  return found == policies.end() ? Policy() : found->policy;
}

TEST(CatalogPolicies, EachRoleHasThoseOfItsOwnEnd) {
  const Config config = ReadServices(kCloned);
  EXPECT_THAT(Names(ServicePoliciesOf(config, Role::kSender)),
              ElementsAre("unity lakeferry-sender-catalog", "databricks lakeferry-sender-jobs",
                          "databricks lakeferry-sender-secrets"));
  EXPECT_THAT(Names(ServicePoliciesOf(config, Role::kReceiver)),
              ElementsAre("databricks lakeferry-receiver-catalog", "databricks lakeferry-receiver-warehouse"));
  EXPECT_EQ(ServicePoliciesOf(config, std::nullopt).size(), 5U);
}

TEST(CatalogPolicies, OfDatabricksAreStatementsReadyToRun) {
  const Policy sql = Named(ServicePoliciesOf(ReadServices(kCloned), Role::kReceiver), "lakeferry-receiver-catalog");
  EXPECT_EQ(sql.text,
            "GRANT USE CATALOG ON CATALOG `main` TO `PRINCIPAL`;\n"
            "GRANT CREATE TABLE, USE SCHEMA ON SCHEMA `main`.`gold` TO `PRINCIPAL`;\n"
            "GRANT CREATE TABLE, SELECT, USE SCHEMA ON SCHEMA `main`.`raw` TO `PRINCIPAL`;\n"
            "GRANT CREATE EXTERNAL TABLE, READ FILES ON EXTERNAL LOCATION `LOCATION` TO `PRINCIPAL`;  -- of "
            "s3://lake-west\n");
  EXPECT_THAT(sql.note, AllOf(HasSubstr("https://adb-2.example.net"), HasSubstr("LOCATION: the external location"),
                              HasSubstr("it needs SELECT and MODIFY"), Not(HasSubstr("External access"))));
}

TEST(CatalogPolicies, OfAnOpenServerAreCallsOfItsCommandLine) {
  const Policy calls = Named(ServicePoliciesOf(ReadServices(kCloned), Role::kSender), "lakeferry-sender-catalog");
  EXPECT_THAT(
      calls.text,
      HasSubstr("bin/uc permission create --securable_type table --name 'main.gold.orders' --privilege 'SELECT' "
                "--principal PRINCIPAL\n"));
  EXPECT_THAT(calls.text, HasSubstr("--securable_type schema --name 'main.raw' --privilege 'SELECT'"));
  EXPECT_THAT(calls.note, HasSubstr("https://uc-east.example.com"));
}

TEST(CatalogPolicies, AnOpenServerKnowsNoPrivilegeForHandingOutCredentials) {
  CatalogGrants grants{.role = Role::kReceiver,
                       .catalog = {.kind = CatalogKind::kUnity, .url = "https://uc"},
                       .rights = {{plan::CatalogLevel::kSchema, "main.raw", "EXTERNAL USE SCHEMA"},
                                  {plan::CatalogLevel::kTable, "main.raw.it's", "MODIFY"},
                                  {plan::CatalogLevel::kLocation, "s3://dr", "CREATE EXTERNAL TABLE"},
                                  {plan::CatalogLevel::kLocation, "s3://dr", "EXTERNAL USE LOCATION"}}};
  EXPECT_EQ(
      PoliciesOf(grants).front().policy.text,
      "bin/uc permission create --securable_type table --name 'main.raw.it'\\''s' --privilege 'MODIFY' --principal "
      "PRINCIPAL\n"
      "bin/uc permission create --securable_type external_location --name LOCATION --privilege 'CREATE EXTERNAL "
      "TABLE' --principal PRINCIPAL  # of s3://dr\n");
  grants.catalog.kind = CatalogKind::kDatabricks;
  const Policy sql = PoliciesOf(grants).front().policy;
  EXPECT_THAT(sql.text, HasSubstr("GRANT EXTERNAL USE SCHEMA ON SCHEMA `main`.`raw`"));
  EXPECT_THAT(sql.note, AllOf(HasSubstr("External access has to be enabled"), HasSubstr("EXTERNAL USE LOCATION the")));
}

TEST(CatalogPolicies, ANameSaysNothingElse) {
  const CatalogGrants grants{.role = Role::kSender,
                             .catalog = {.kind = CatalogKind::kDatabricks, .url = "https://w"},
                             .rights = {{plan::CatalogLevel::kTable, "main.raw.a`; DROP TABLE x; --", "SELECT"},
                                        {plan::CatalogLevel::kTable, "main.raw.b\nDROP TABLE x;", "SELECT"},
                                        {plan::CatalogLevel::kTable, "main.raw.${env:HOME}", "SELECT"},
                                        {plan::CatalogLevel::kLocation, "s3://dr\nDROP TABLE x;", "READ FILES"}}};
  const std::string text = PoliciesOf(grants).front().policy.text;
  EXPECT_THAT(text, HasSubstr("ON TABLE `main`.`raw`.`a``; DROP TABLE x; --` TO `PRINCIPAL`;\n"));
  EXPECT_THAT(text, Not(HasSubstr("\nDROP")));
  EXPECT_THAT(text, HasSubstr("-- not granted here: SELECT on the TABLE 'main.raw.${env:HOME}', which cannot stand"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 4);
}

TEST(CatalogPolicies, WarehouseJobsAndScopesAreOpenedByTheirOwnLists) {
  const auto sender = ServicePoliciesOf(ReadServices(kCloned), Role::kSender);
  const Policy jobs = Named(sender, "lakeferry-sender-jobs");
  EXPECT_THAT(jobs.text, AllOf(HasSubstr(R"("permission_level": "CAN_VIEW")"), HasSubstr(R"("PRINCIPAL")")));
  EXPECT_THAT(jobs.note, AllOf(HasSubstr("Jobs: nightly, job_id:17; and"), HasSubstr("https://adb-1.example.net")));
  EXPECT_EQ(Named(sender, "lakeferry-sender-secrets").text,
            "databricks secrets put-acl 'lake tokens' PRINCIPAL READ\n");
  const auto receiver = ServicePoliciesOf(ReadServices(kCloned), Role::kReceiver);
  const Policy warehouse = Named(receiver, "lakeferry-receiver-warehouse");
  EXPECT_THAT(warehouse.text, HasSubstr(R"("permission_level": "CAN_USE")"));
  EXPECT_THAT(warehouse.note, HasSubstr("databricks permissions update warehouses 0123abcd --json @FILE"));
}

TEST(CatalogPolicies, WhereNoCatalogAndNoWorkspaceIsThereAreNone) {
  const Config config = ReadServices(
      "workspaces:\n  - workspace_name: demo\n    sync_location_secondary: s3://x/staging\n    sync_groups:\n"
      "      - group_name: g\n        tables: [{ name: b, source: s3://x/b, target: s3://y/b }]\n");
  EXPECT_THAT(ServicePoliciesOf(config, std::nullopt), IsEmpty());
}

}  // namespace
}  // namespace lakeferry
