// As whom object stores are spoken to, as a configuration says it.
#include "daemon/config/config.h"
#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ConfigResult LoadWith(const std::string& credential) {
  return LoadConfig("credentials:\n  g: " + credential +
                        "\nstores:\n  - { prefix: 'gs://b/', credential: g }\n"
                        "workspaces:\n  - workspace_name: demo\n    sync_location_secondary: file:///dr/staging\n"
                        "    sync_groups:\n      - group_name: orders\n"
                        "        tables: [{ name: b, source: gs://b/t, target: file:///dr/b }]\n",
                    "c.yaml");
}

TEST(ConfigStores, AKeyOfGooglesIsAFileOrACredentialOfTheUnit) {
  for (const auto* key : {"{ file: /k.json }", "{ credential: k }"}) {
    const auto config = LoadWith(std::string("{ kind: gcs, service_account_key: ") + key + " }");
    EXPECT_THAT(ProblemLines(config), ElementsAre());
  }
  EXPECT_THAT(ProblemLines(LoadWith("{ kind: gcs, anonymous: true }")), ElementsAre());
}

TEST(ConfigStores, AnotherFormOfItIsAProblemWithARemedy) {
  EXPECT_THAT(ProblemLines(LoadWith("{ kind: gcs, service_account_key: { env: KEY } }")),
              ElementsAre(HasSubstr("the key of a service account is a file")));
  EXPECT_THAT(ProblemLines(LoadWith("{ kind: gcs }")), ElementsAre(HasSubstr("does not say one way to get it")));
  EXPECT_THAT(ProblemLines(LoadWith("{ kind: gcs, anonymous: true, profile: p }")),
              ElementsAre(HasSubstr("profile is not of kind: gcs")));
  EXPECT_THAT(ProblemLines(LoadWith("{ kind: s3, profile: p, service_account_key: { file: /k } }")),
              ElementsAre(HasSubstr("service_account_key is not of kind: s3")));
}

TEST(ConfigStores, AzureIsSpokenToByEachOfItsWays) {
  for (const auto* credential :
       {"{ kind: azure, account: acct, account_key: { env: KEY } }", "{ kind: azure, sas_token: { file: /s } }",
        "{ kind: azure, tenant_id: t, client_id: c, client_secret: { env: S } }",
        "{ kind: azure, tenant_id: t, client_id: c, client_certificate: { file: /c.pem } }",
        "{ kind: azure, tenant_id: t, client_id: c, federated_token_file: /token }",
        "{ kind: azure, managed_identity: true }", "{ kind: azure, managed_identity: true, client_id: c }",
        "{ kind: azure, anonymous: true }"}) {
    EXPECT_THAT(ProblemLines(LoadWith(credential)), ElementsAre()) << credential;
  }
}

TEST(ConfigStores, WhatAzuresWaysLackOrHaveTooMuchIsNamed) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{ kind: azure }", "does not say one way to get it"},
      {"{ kind: azure, account_key: { env: K }, sas_token: { env: S } }", "does not say one way to get it"},
      {"{ kind: azure, tenant_id: t, client_secret: { env: S } }", "lacks its client_id"},
      {"{ kind: azure, client_id: c, federated_token_file: /t }", "lacks its tenant_id"},
      {"{ kind: azure, client_id: c, client_certificate: { file: /c } }", "lacks its tenant_id"},
      {"{ kind: azure, tenant_id: t, client_id: c, client_secret: { env: S }, client_certificate: { file: /c } }",
       "does not say one way to get it"},
      {"{ kind: azure, tenant_id: t, client_id: c, federated_token_file: t }", "no absolute path"},
      {"{ kind: azure, account_key: { env: K }, client_id: c }", "client_id belongs to an identity"},
      {"{ kind: azure, managed_identity: true, tenant_id: t }", "tenant_id belongs to an identity"},
      {"{ kind: azure, anonymous: true, profile: p }", "profile is not of kind: azure"},
      {"{ kind: gcs, anonymous: true, account: a }", "account is not of kind: gcs"}};
  for (const auto& [credential, said] : cases) {
    EXPECT_THAT(ProblemLines(LoadWith(credential)), ElementsAre(HasSubstr(said))) << credential;
  }
  EXPECT_THAT(ProblemLines(LoadWith("{ kind: azure, account_key: c2VjcmV0LXZhbHVlLW9mLWFuLWFjY291bnQ= }")),
              ElementsAre(testing::AllOf(HasSubstr("account_key"), testing::Not(HasSubstr("c2Vjcm")))));
}

TEST(ConfigStores, EndpointHasAPathAtAzureAlone) {
  const auto with = [](const std::string& prefix) {
    return ProblemLines(LoadConfig("stores:\n  - { prefix: '" + prefix +
                                       "', endpoint: 'http://127.0.0.1:1/account' }\n"
                                       "workspaces:\n  - workspace_name: demo\n    sync_location_secondary: "
                                       "file:///dr/staging\n    sync_groups:\n      - group_name: orders\n        "
                                       "tables: [{ name: b, source: file:///a/b, target: file:///dr/b }]\n",
                                   "c.yaml"));
  };
  EXPECT_THAT(with("az://c/"), ElementsAre());
  EXPECT_THAT(with("gs://c/"), ElementsAre(HasSubstr("an endpoint has no path")));
}

// A configuration with one store of S3, or another prefix, and these keys.
ConfigResult LoadStore(const std::string& keys, const std::string& prefix = "s3://b/") {
  return LoadConfig("stores:\n  - { prefix: '" + prefix + "', " + keys +
                        " }\nworkspaces:\n  - workspace_name: demo\n    sync_location_secondary: file:///dr/staging\n"
                        "    sync_groups:\n      - group_name: orders\n"
                        "        tables: [{ name: b, source: file:///a/b, target: file:///dr/b }]\n",
                    "c.yaml");
}

TEST(ConfigStores, TermsOfABucketAreRead) {
  const auto config = LoadStore(
      "requester_pays: true, dual_stack: true, fips: false, server_side_encryption: 'aws:kms', kms_key_id: key, "
      "object_lock: { mode: compliance, days: 30 }",
      "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/dr-lake/");
  ASSERT_THAT(ProblemLines(config), ElementsAre());
  const StorePrefix& store = config->stores.prefixes.at(0);
  EXPECT_EQ(store.dual_stack, true);
  EXPECT_EQ(store.fips, false);
  EXPECT_EQ(store.terms, (s3::BucketTerms{.requester_pays = true,
                                          .encryption = "aws:kms",
                                          .kms_key_id = "key",
                                          .lock = s3::ObjectLock{"COMPLIANCE", std::chrono::days(30)}}));
  const auto until = LoadStore("object_lock: { mode: governance, until: '2027-01-31T00:00:00Z' }");
  ASSERT_THAT(ProblemLines(until), ElementsAre());
  EXPECT_EQ(until->stores.prefixes.at(0).terms.lock,
            (s3::ObjectLock{"GOVERNANCE", ParseTime("2027-01-31T00:00:00Z").value()}));
  EXPECT_EQ(LoadStore("server_side_encryption: bucket")->stores.prefixes.at(0).terms, s3::BucketTerms());
}

TEST(ConfigStores, TermsThatCannotBeAreNamed) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"server_side_encryption: customer", "SSE-C"},
      {"server_side_encryption: SSE-C", "SSE-C"},
      {"kms_key_id: k", "goes with a key of KMS"},
      {"server_side_encryption: AES256, kms_key_id: k", "goes with a key of KMS"},
      {"endpoint: 'https://h', dual_stack: true", "AWS's own endpoints"},
      {"endpoint: 'https://h', fips: true", "AWS's own endpoints"},
      {"object_lock: { days: 1 }", "has no mode"},
      {"object_lock: { mode: governance }", "says no one time"},
      {"object_lock: { mode: governance, days: 1, until: '2027-01-31T00:00:00Z' }", "says no one time"},
      {"object_lock: { mode: governance, until: tomorrow }", "until is no time"},
      {"object_lock: { mode: governance, days: 0 }", "outside 1 to 36500"}};
  for (const auto& [keys, said] : cases) {
    EXPECT_THAT(ProblemLines(LoadStore(keys)), ElementsAre(HasSubstr(said))) << keys;
  }
  EXPECT_THAT(ProblemLines(LoadStore("requester_pays: true", "gs://b/")), ElementsAre(HasSubstr("of s3:// alone")));
}

}  // namespace
}  // namespace lakeferry
