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

}  // namespace
}  // namespace lakeferry
