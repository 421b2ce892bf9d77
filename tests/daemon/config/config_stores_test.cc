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

}  // namespace
}  // namespace lakeferry
