// AWS's shared files and variables, read as its own tools read them.
#include "storage/aws/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace lakeferry::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

Environ Variables(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

IniFile Ini(std::string text) { return IniFile::Parse(Secret(std::move(text)), "file").value(); }

Profiles Files(std::string config, std::string credentials = {}) {
  return Profiles::Parse(Secret(std::move(config)), Secret(std::move(credentials)),
                         {.config = "C", .credentials = "K", .sso_cache = "S"})
      .value();
}

TEST(IniFile, PropertiesStandInSections) {
  const IniFile file =
      Ini("\xef\xbb\xbf# a comment\n; another\n[one]\nKey = a value = b \r\nother: x\nempty =\n\n"
          "[ profile  \"with blank\" ] # behind\nkey=1\n[one]\nkey = replaced\n");
  EXPECT_EQ(file.Find("one", "key"), "replaced");
  EXPECT_EQ(file.Find("one", "other"), "x");
  EXPECT_EQ(file.Find("one", "empty"), std::nullopt);
  EXPECT_EQ(file.Find("profile with blank", "key"), "1");
  EXPECT_EQ(file.Find("two", "key"), std::nullopt);
  EXPECT_EQ(Ini("[a]\nk = a value = b \r\n").Find("a", "k"), "a value = b");
}

TEST(IniFile, WhatIsIndentedBelongsToThePropertyAbove) {
  const IniFile file = Ini("[a]\ns3 =\n  endpoint_url = http://x\n\taddressing_style=path\nkey = v\n continued\n");
  EXPECT_EQ(file.Find("a", "s3", "endpoint_url"), "http://x");
  EXPECT_EQ(file.Find("a", "s3", "addressing_style"), "path");
  EXPECT_EQ(file.Find("a", "endpoint_url"), std::nullopt);
  EXPECT_EQ(file.Find("a", "key"), "v");
}

TEST(IniFile, WhatIsNoneIsRefusedByTheNumberOfItsLine) {
  for (const std::string text : {"\nsecret-word = 1", "[a]\nsecret-word", "[a\nsecret-word=1", "[a]\n= secret-word"}) {
    const auto file = IniFile::Parse(Secret(std::string(text)), "the-file");
    ASSERT_FALSE(file) << text;
    EXPECT_EQ(file.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(file.error().where, "the-file");
    EXPECT_THAT(ToString(file.error()), Not(HasSubstr("secret-word")));
  }
  EXPECT_THAT(IniFile::Parse(Secret(std::string("[a]\n\nx")), "f").error().message, HasSubstr("line 3"));
}

TEST(Profiles, AreWhereVariablesSay) {
  EXPECT_EQ(PathsOf(Variables({{"HOME", "/h"}})),
            (ProfilePaths{"/h/.aws/config", "/h/.aws/credentials", "/h/.aws/sso/cache"}));
  EXPECT_EQ(PathsOf(Variables({{"HOME", "/h"}, {"AWS_CONFIG_FILE", "~/c"}, {"AWS_SHARED_CREDENTIALS_FILE", "/k"}})),
            (ProfilePaths{"/h/c", "/k", "/h/.aws/sso/cache"}));
  EXPECT_EQ(PathsOf(Variables({})), ProfilePaths{});
}

TEST(Profiles, TheCredentialsFileCountsFirst) {
  const Profiles profiles =
      Files("[default]\nregion = a\n[profile x]\nregion = b\nk = config\n", "[x]\nk = credentials\n[y]\nk = 1\n");
  EXPECT_EQ(profiles.Find("default", "region"), "a");
  EXPECT_EQ(profiles.Find("x", "k"), "credentials");
  EXPECT_EQ(profiles.FindInConfig("x", "k"), "config");
  EXPECT_EQ(profiles.Find("x", "region"), "b");
  EXPECT_TRUE(profiles.Has("y"));
  EXPECT_FALSE(profiles.Has("profile x"));
  EXPECT_FALSE(profiles.Has("z"));
}

TEST(Profiles, DefaultHasTwoNames) {
  const Profiles profiles = Files("[profile default]\nregion = long\n[default]\nregion = short\n");
  EXPECT_EQ(profiles.Find("default", "region"), "long");
}

TEST(AwsSettings, NothingIsSetUp) { EXPECT_EQ(ReadSettings(Variables({}), Files("")).value(), AwsSettings{}); }

TEST(AwsSettings, AVariableCountsBeforeTheProfile) {
  const Profiles profiles = Files("[default]\nregion = eu-west-1\nca_bundle = ~/ca.pem\nuse_fips_endpoint = True\n");
  EXPECT_EQ(ReadSettings(Variables({{"HOME", "/h"}}), profiles)->region, "eu-west-1");
  EXPECT_EQ(ReadSettings(Variables({{"HOME", "/h"}}), profiles)->ca_bundle, "/h/ca.pem");
  EXPECT_TRUE(ReadSettings(Variables({}), profiles)->use_fips);
  const auto settings = ReadSettings(
      Variables({{"AWS_DEFAULT_REGION", "eu-west-2"}, {"AWS_CA_BUNDLE", "/x"}, {"AWS_USE_FIPS_ENDPOINT", "false"}}),
      profiles);
  EXPECT_EQ(settings->region, "eu-west-2");
  EXPECT_EQ(settings->ca_bundle, "/x");
  EXPECT_FALSE(settings->use_fips);
  EXPECT_EQ(
      ReadSettings(Variables({{"AWS_REGION", "eu-west-3"}, {"AWS_DEFAULT_REGION", "eu-west-2"}}), profiles)->region,
      "eu-west-3");
}

TEST(AwsSettings, AProfileIsNamedByConfigurationThenVariable) {
  const Profiles profiles = Files("[profile a]\nregion = ra\n[profile b]\nregion = rb\n");
  const auto by_variable = ReadSettings(Variables({{"AWS_PROFILE", "a"}, {"AWS_DEFAULT_PROFILE", "none"}}), profiles);
  EXPECT_EQ(by_variable->region, "ra");
  EXPECT_FALSE(by_variable->profile_configured);
  const auto by_configuration = ReadSettings(Variables({{"AWS_PROFILE", "a"}}), profiles, "b");
  EXPECT_EQ(by_configuration->region, "rb");
  EXPECT_TRUE(by_configuration->profile_configured);
  const auto missing = ReadSettings(Variables({{"AWS_PROFILE", "c"}}), profiles);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(missing.error().message, HasSubstr("the profile c is neither in C nor in K"));
}

TEST(AwsSettings, AnEndpointIsTheServicesOwnBeforeThatForAll) {
  const Profiles profiles = Files(
      "[default]\nendpoint_url = http://all\nservices = mine\n[services mine]\ns3 =\n  endpoint_url = http://s3-file\n"
      "sts =\n  region = x\n");
  const auto of_files = ReadSettings(Variables({}), profiles);
  EXPECT_EQ(of_files->endpoint_s3, "http://s3-file");
  EXPECT_EQ(of_files->endpoint_sts, "http://all");
  const auto all = ReadSettings(Variables({{"AWS_ENDPOINT_URL", "http://variable"}}), profiles);
  EXPECT_EQ(all->endpoint_s3, "http://variable");
  const auto own = ReadSettings(
      Variables({{"AWS_ENDPOINT_URL", "http://variable"}, {"AWS_ENDPOINT_URL_S3", "http://own:9000"}}), profiles);
  EXPECT_EQ(own->endpoint_s3, "http://own:9000");
  EXPECT_EQ(own->endpoint_sso, "http://variable");
  const auto ignored = ReadSettings(
      Variables({{"AWS_ENDPOINT_URL", "http://variable"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE"}}), profiles);
  EXPECT_EQ(ignored->endpoint_s3, std::nullopt);
}

TEST(AwsSettings, WhatBecomesPartOfAHostIsLookedAt) {
  for (const char* region : {"evil.example/", "EU-WEST-1", "a b", "a@b"}) {
    const auto settings = ReadSettings(Variables({{"AWS_REGION", region}}), Files(""));
    ASSERT_FALSE(settings) << region;
    EXPECT_EQ(settings.error().where, "AWS_REGION");
  }
  const auto settings = ReadSettings(Variables({{"AWS_ENDPOINT_URL_S3", "ftp://x"}}), Files(""));
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, ErrorCode::kInvalidArgument);
}

TEST(AwsSettings, AServiceStandsInThePartitionOfItsRegion) {
  EXPECT_EQ(OriginOfService("sts", "eu-west-1").host, "sts.eu-west-1.amazonaws.com");
  EXPECT_EQ(OriginOfService("sts", "cn-north-1").host, "sts.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(OriginOfService("sts", "us-isob-east-1").host, "sts.us-isob-east-1.sc2s.sgov.gov");
  EXPECT_EQ(OriginOfService("sts", "us-gov-west-1").host, "sts.us-gov-west-1.amazonaws.com");
}

}  // namespace
}  // namespace lakeferry::aws
