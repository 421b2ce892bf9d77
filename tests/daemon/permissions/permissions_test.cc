// What each role is granted, and how each service's administrator is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/config/load_config.h"
#include "daemon/permissions/policies.h"
#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTwoGroups = R"(
credentials:
  w: { kind: s3, profile: w }
  t: { kind: s3, profile: t }
stores:
  - { prefix: "s3://staging/", credential: w }
workspaces:
  - workspace_name: demo
    sync_location_secondary: s3://staging/dr
    sync_groups:
      - group_name: café
        import_roots: [s3://lake/landing]
        credentials: { write_target: t }
        tables:
          - { name: b, source: s3://lake/b, target: s3://replica/b }
          - { name: c, source: file:///lake/c, target: file:///dr/c }
      - group_name: prices
        mode: mirror
        retention: 30d
        tables: [{ name: p, source: gs://lake/p, target: s3://replica/p }]
)";

Config Read(const std::string& text) {
  const ConfigResult config = LoadConfig(text, "c.yaml");
  EXPECT_THAT(ProblemLines(config), testing::IsEmpty());
  return *config;
}

// "sender s3 w: staging/dr/ wd; …", a letter for each right beyond reading.
std::vector<std::string> Lines(const Config& config, std::optional<Role> role) {
  std::vector<std::string> lines;
  for (const GrantSet& set : GrantsOf(config, role)) {
    std::string line =
        std::string(RoleName(set.role)) + " " + std::string(ServiceName(set.service)) + " " + set.credential + ":";
    for (const Grant& grant : set.grants) {
      line += " " + grant.place.bucket() + "/" + grant.prefix + (grant.write ? "+w" : "") + (grant.remove ? "+d" : "") +
              (grant.adds ? "+a" : "");
    }
    lines.push_back(line);
  }
  return lines;
}

TEST(Grants, WhatACatalogHandsOutNeedsNone) {
  Config config = Read(kTwoGroups);
  plan::GroupSpec& prices = config.groups[1];
  plan::TableSpec& table = prices.tables.Edit()[0];
  table.source_vendor = table.target_vendor = prices.name;
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    for (const std::string& line : Lines(config, role)) EXPECT_THAT(line, Not(HasSubstr("/p/"))) << line;
  }
  EXPECT_THAT(Lines(Read(kTwoGroups), Role::kReceiver), testing::Contains(HasSubstr("replica/p/")));
}

TEST(Grants, ASenderReadsSourcesAndWritesStaging) {
  EXPECT_THAT(Lines(Read(kTwoGroups), Role::kSender),
              ElementsAre("sender s3 w: staging/dr/+w+d", "sender s3 : lake/b/ lake/landing/", "sender gcs : lake/p/"));
}

TEST(Grants, AReceiverReadsStagingAnswersThereAndWritesReplicas) {
  EXPECT_THAT(Lines(Read(kTwoGroups), Role::kReceiver),
              ElementsAre("receiver s3 w: staging/dr/ staging/dr/caf%C3%A9/receipts/+w staging/dr/_lakeferry_+w "
                          "staging/dr/prices/receipts/+w",
                          "receiver s3 t: replica/b/+w", "receiver s3 : replica/p/+w+d"));
}

constexpr const char* kDirect = R"(
workspaces:
  - workspace_name: demo
    sync_location_secondary: s3://staging/dr
    staging: direct
    sync_groups:
      - group_name: a
        tables: [{ name: b, source: s3://lake/b, target: s3://replica/b }]
      - group_name: c
        tables: [{ name: c, source: gs://lake/c, target: gs://replica/c }]
      - group_name: d
        tables: [{ name: d, source: s3://lake/d, target: "abfss://dr@account.dfs.core.windows.net/d" }]
      - group_name: e
        staging: staged
        tables: [{ name: e, source: s3://lake/e, target: s3://replica/e }]
)";

TEST(Grants, ASenderThatPlacesFilesAddsThemToReplicas) {
  const Config config = Read(kDirect);
  EXPECT_THAT(Lines(config, Role::kSender),
              ElementsAre("sender s3 : staging/dr/+w+d lake/b/ replica/b/+a lake/d/ lake/e/",
                          "sender gcs : lake/c/ replica/c/+a", "sender azure : dr/d/+a"));
  EXPECT_THAT(Lines(config, Role::kReceiver)[0],
              AllOf(HasSubstr("replica/b/+w"), HasSubstr("replica/e/+w"), Not(HasSubstr("+a"))));
}

TEST(Policies, OfAnAdderReplaceNothingAndWriteNoLog) {
  const std::vector<GrantSet> sets = GrantsOf(Read(kDirect), Role::kSender);
  const std::string iam = PoliciesOf(sets[0]).front().text;
  const auto statement = [&iam](std::string_view sid) {
    const size_t at = iam.find("\"Sid\": \"" + std::string(sid) + "\"");
    return at == std::string::npos ? std::string() : iam.substr(at, iam.find("\"Sid\"", at + 1) - at);
  };
  EXPECT_THAT(statement("Write"), Not(HasSubstr("replica")));
  EXPECT_THAT(statement("Add"), AllOf(HasSubstr("s3:PutObject"), HasSubstr("arn:aws:s3:::replica/b/*"),
                                      HasSubstr("\"s3:if-none-match\": [\n            \"false\"")));
  EXPECT_THAT(statement("AddInParts"), AllOf(HasSubstr("s3:ObjectCreationOperation"), HasSubstr("\"Bool\"")));
  EXPECT_THAT(statement("NoLogs"), AllOf(HasSubstr("\"Deny\""), HasSubstr("arn:aws:s3:::replica/b/_delta_log/*")));
  const std::vector<Policy> google = PoliciesOf(sets[1]);
  ASSERT_EQ(google.size(), 2);
  EXPECT_THAT(google[1].text, AllOf(HasSubstr("storage.objects.create"), Not(HasSubstr("storage.objects.delete"))));
  EXPECT_THAT(google[1].note,
              HasSubstr("!resource.name.startsWith('projects/_/buckets/replica/objects/c/_delta_log/')"));
  const std::vector<Policy> azure = PoliciesOf(sets[2]);
  ASSERT_EQ(azure.size(), 1);
  EXPECT_THAT(azure[0].text, Not(HasSubstr("blobs/delete")));
  EXPECT_THAT(azure[0].note, HasSubstr("OR (NOT @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/"
                                       "blobs:path] StringLike 'd/_delta_log/*')"));
}

TEST(Grants, FoldersNeedNone) {
  EXPECT_THAT(Lines(Read("workspaces:\n  - workspace_name: demo\n    sync_location_secondary: file:///dr/staging\n"
                         "    sync_groups:\n      - group_name: g\n"
                         "        tables: [{ name: b, source: file:///lake/b, target: file:///dr/b }]\n"),
                    std::nullopt),
              ElementsAre());
}

TEST(Policies, OfIamSayEachRightWithItsObjectsAndListABucketOnCondition) {
  const Config config = Read(kTwoGroups);
  const GrantSet receiver = GrantsOf(config, Role::kReceiver).back();
  const std::vector<Policy> policies = PoliciesOf(receiver);
  ASSERT_EQ(policies.size(), 1);
  EXPECT_EQ(policies.front().name, "lakeferry-receiver");
  EXPECT_EQ(policies.front().text, R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": [
        "s3:GetObject"
      ],
      "Resource": [
        "arn:aws:s3:::replica/p/*"
      ]
    },
    {
      "Sid": "Write",
      "Effect": "Allow",
      "Action": [
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts"
      ],
      "Resource": [
        "arn:aws:s3:::replica/p/*"
      ]
    },
    {
      "Sid": "Delete",
      "Effect": "Allow",
      "Action": [
        "s3:DeleteObject"
      ],
      "Resource": [
        "arn:aws:s3:::replica/p/*"
      ]
    },
    {
      "Sid": "List1",
      "Effect": "Allow",
      "Action": [
        "s3:ListBucket"
      ],
      "Resource": [
        "arn:aws:s3:::replica"
      ],
      "Condition": {
        "StringLike": {
          "s3:prefix": [
            "p/*"
          ]
        }
      }
    },
    {
      "Sid": "FindUploads",
      "Effect": "Allow",
      "Action": [
        "s3:ListBucketMultipartUploads"
      ],
      "Resource": [
        "arn:aws:s3:::replica"
      ]
    }
  ]
}
)");
}

TEST(Policies, OfIamHaveNoStatementForARightThatIsNotGranted) {
  const GrantSet reader = GrantsOf(Read(kTwoGroups), Role::kSender)[1];
  EXPECT_THAT(PoliciesOf(reader).front().text,
              AllOf(HasSubstr("s3:GetObject"), Not(HasSubstr("s3:PutObject")), Not(HasSubstr("s3:DeleteObject")),
                    Not(HasSubstr("\"FindUploads\""))));
}

GrantSet FarSet(StoreService service, std::vector<Grant> grants) {
  return {.role = Role::kReceiver, .service = service, .credential = "c", .grants = std::move(grants)};
}

TEST(Policies, OfAWholeBucketListItWithoutCondition) {
  const GrantSet set = FarSet(StoreService::kS3, {{.place = Location::Parse("s3://b").value(), .prefix = ""}});
  EXPECT_THAT(PoliciesOf(set).front().text, AllOf(HasSubstr("arn:aws:s3:::b/*"), Not(HasSubstr("Condition"))));
}

TEST(Policies, OfAnAccessPointNameItsObjectsThroughIt) {
  const std::string arn = "arn:aws:s3:eu-west-1:123456789012:accesspoint/dr-lake";
  const GrantSet set = FarSet(
      StoreService::kS3, {{.place = Location::Parse("s3://" + arn + "/p").value(), .prefix = "p/", .write = true}});
  EXPECT_THAT(PoliciesOf(set).front().text, AllOf(HasSubstr("\"" + arn + "/object/p/*\""), HasSubstr("\"" + arn + "\""),
                                                  Not(HasSubstr("arn:aws:s3:::"))));
}

TEST(Policies, OfAzureAreARoleForEachLevelWithTheContainersAsScopes) {
  const Location place = Location::Parse("abfss://dr@account.dfs.core.windows.net/x").value();
  const auto roles = PoliciesOf(FarSet(
      StoreService::kAzure, {{.place = place, .prefix = "x/"}, {.place = place, .prefix = "x/r/", .write = true}}));
  ASSERT_EQ(roles.size(), 2);
  EXPECT_EQ(roles[0].name, "lakeferry-receiver-c-read");
  EXPECT_THAT(roles[0].text, AllOf(HasSubstr("containers/blobs/read"), Not(HasSubstr("containers/blobs/write")),
                                   HasSubstr("storageAccounts/account/blobServices/default/containers/dr\"")));
  EXPECT_THAT(roles[1].text, AllOf(HasSubstr("containers/blobs/write"), Not(HasSubstr("containers/blobs/delete"))));
}

TEST(Policies, OfGoogleAreARoleForEachLevelAndAConditionForItsPrefixes) {
  const Location place = Location::Parse("gs://dr/x").value();
  const auto roles = PoliciesOf(FarSet(
      StoreService::kGcs, {{.place = place, .prefix = "x/"}, {.place = place, .prefix = "x/r/", .write = true}}));
  ASSERT_EQ(roles.size(), 2);
  EXPECT_EQ(roles[0].text,
            "title: lakeferry-receiver-c-read\ndescription: What lakeferry needs as receiver\nstage: GA\n"
            "includedPermissions:\n  - storage.objects.get\n  - storage.objects.list\n");
  EXPECT_THAT(roles[0].note, HasSubstr("startsWith('projects/_/buckets/dr/objects/x/')"));
  EXPECT_THAT(roles[1].text, HasSubstr("storage.objects.create"));
}

}  // namespace
}  // namespace lakeferry
