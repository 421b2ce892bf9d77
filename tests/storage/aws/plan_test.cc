// Where credentials are to come from: the order of AWS's own tools, and what contradicts itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "storage/aws/sources/make_plan.h"

namespace lakeferry::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

class PlanTest : public testing::Test {
 protected:
  Result<Plan> Make(std::string_view profile = {}) {
    const Environ environ = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
    const SecretEnviron secrets = [&](const std::string& name) { return Secret(environ(name).value_or("")); };
    const auto profiles = Profiles::Parse(Secret(std::string(config_)), Secret(std::string(credentials_)),
                                          {.config = "C", .credentials = "K", .sso_cache = "/cache"});
    LF_TRY(const AwsSettings settings, ReadSettings(environ, profiles.value(), profile));
    return MakePlan(environ, secrets, profiles.value(), settings);
  }
  template <typename Kind>
  Kind As(const Result<Plan>& plan) {
    if (!plan) ADD_FAILURE() << ToString(plan.error());
    EXPECT_TRUE(plan && std::holds_alternative<Kind>(plan->kind)) << (plan ? plan->from : "");
    return plan && std::holds_alternative<Kind>(plan->kind) ? std::get<Kind>(plan->kind) : Kind{};
  }
  void ExpectWrong(std::string_view where, std::string_view words, ErrorCode code = ErrorCode::kInvalidArgument) {
    const auto plan = Make();
    ASSERT_FALSE(plan) << plan->from;
    EXPECT_EQ(plan.error().code, code);
    EXPECT_EQ(plan.error().where, where);
    EXPECT_THAT(plan.error().message, HasSubstr(words));
    EXPECT_THAT(ToString(plan.error()), Not(HasSubstr("secret-word")));
  }

  std::map<std::string, std::string> variables_;
  std::string config_;
  std::string credentials_;
};

// Everything is there; each step is taken away in turn, and the next one is found.
TEST_F(PlanTest, TheOrderIsThatOfTheToolsOfAws) {
  variables_ = {{"AWS_ACCESS_KEY_ID", "env-id"},
                {"AWS_SECRET_ACCESS_KEY", "secret-word"},
                {"AWS_SESSION_TOKEN", "token"},
                {"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"},
                {"AWS_ROLE_ARN", "arn:aws:iam::1:role/web"},
                {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/creds"}};
  const std::string role = "role_arn = arn:aws:iam::1:role/a\nsource_profile = base\n";
  const std::string sso = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = reader\n";
  const std::string helper = "credential_process = /opt/tool --for 'some one'\n";
  const std::string keys = "aws_access_key_id = config-id\naws_secret_access_key = secret-word\n";
  const std::string rest =
      "[sso-session corp]\nsso_start_url = https://corp\nsso_region = eu-west-1\n[profile base]\n" + keys;
  config_ = "[default]\n" + role + sso + helper + keys + rest;
  credentials_ = "[default]\naws_access_key_id = file-id\naws_secret_access_key = secret-word\n";

  const auto of_variables = As<FixedKeys>(Make());
  EXPECT_EQ(of_variables.credentials.access_key_id, "env-id");
  EXPECT_EQ(of_variables.credentials.session_token.Reveal(), "token");

  variables_.erase("AWS_ACCESS_KEY_ID");
  variables_.erase("AWS_SECRET_ACCESS_KEY");
  const auto assumed = As<AssumedRole>(Make());
  EXPECT_EQ(assumed.role.arn, "arn:aws:iam::1:role/a");
  ASSERT_TRUE(assumed.base);
  EXPECT_EQ(As<FixedKeys>(*assumed.base).credentials.access_key_id, "config-id");

  config_ = "[default]\n" + sso + helper + keys + rest;
  const auto web = As<WebIdentity>(Make());
  EXPECT_EQ(web.token_file, "/token");
  EXPECT_EQ(web.role.arn, "arn:aws:iam::1:role/web");
  EXPECT_EQ(web.role.session_name, "lakeferry");

  variables_.erase("AWS_WEB_IDENTITY_TOKEN_FILE");
  const auto login = As<SsoRole>(Make());
  EXPECT_EQ(login.token_file, "/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
  EXPECT_EQ(login.login, "aws sso login --sso-session corp");

  config_ = "[default]\n" + helper + keys;
  EXPECT_EQ(As<FixedKeys>(Make()).credentials.access_key_id, "file-id");

  credentials_.clear();
  EXPECT_EQ(As<HelperCommand>(Make()).line, "/opt/tool --for 'some one'");

  config_ = "[default]\n" + keys;
  EXPECT_EQ(As<FixedKeys>(Make()).credentials.access_key_id, "config-id");

  config_.clear();
  const auto container = As<ContainerEndpoint>(Make());
  EXPECT_EQ(ToString(container.url.origin) + container.url.target, "http://169.254.170.2/v2/creds");

  variables_.erase("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const auto instance = Make();
  EXPECT_EQ(ToString(As<InstanceMetadata>(instance).origin), "http://169.254.169.254");
  EXPECT_EQ(instance->lacking.size(), 5U);

  variables_["AWS_EC2_METADATA_DISABLED"] = "true";
  ExpectWrong("",
              "AWS_ACCESS_KEY_ID is not set; the profile default has no role_arn; AWS_WEB_IDENTITY_TOKEN_FILE is "
              "not set; the profile default is in no file; AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set",
              ErrorCode::kUnauthorized);
}

TEST_F(PlanTest, AProfileOfTheConfigurationCountsBeforeVariables) {
  variables_ = {{"AWS_ACCESS_KEY_ID", "env-id"},
                {"AWS_SECRET_ACCESS_KEY", "s"},
                {"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"},
                {"AWS_ROLE_ARN", "arn:aws:iam::1:role/web"}};
  credentials_ = "[a]\naws_access_key_id = file-id\naws_secret_access_key = s\naws_session_token = t\n";
  EXPECT_EQ(As<FixedKeys>(Make("a")).credentials.access_key_id, "file-id");
  EXPECT_EQ(As<FixedKeys>(Make("a")).credentials.session_token.Reveal(), "t");
  variables_["AWS_PROFILE"] = "a";
  EXPECT_EQ(As<FixedKeys>(Make()).credentials.access_key_id, "env-id");
}

TEST_F(PlanTest, AHalfIsNoKey) {
  variables_ = {{"AWS_ACCESS_KEY_ID", "id"}};
  ExpectWrong("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
  variables_ = {{"AWS_SECRET_ACCESS_KEY", "secret-word"}};
  ExpectWrong("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not");
  variables_ = {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}};
  ExpectWrong("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not");
  variables_.clear();
  credentials_ = "[default]\naws_secret_access_key = secret-word\n";
  ExpectWrong("aws_access_key_id of the profile default", "has no aws_access_key_id");
  credentials_ = "[default]\naws_access_key_id = id\n";
  ExpectWrong("aws_secret_access_key of the profile default", "has no aws_secret_access_key");
}

TEST_F(PlanTest, ARoleHasOneWhoAssumesIt) {
  const std::string role = "[default]\nrole_arn = arn:aws:iam::1:role/a\n";
  config_ = role;
  ExpectWrong("source_profile of the profile default", "has no source_profile");
  config_ = role + "source_profile = b\ncredential_source = Environment\n";
  ExpectWrong("role_arn of the profile default", "both");
  config_ = role + "source_profile = b\n";
  ExpectWrong("source_profile of the profile default", "the profile b is in neither file");
  config_ = role + "source_profile = b\n[profile b]\nregion = x\n";
  ExpectWrong("source_profile of the profile default", "the profile b has no credentials");
  config_ = role + "source_profile = default\n";
  ExpectWrong("source_profile of the profile default", "is its own source");
  config_ = role + "source_profile = b\n[profile b]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = default\n";
  ExpectWrong("source_profile of the profile b", "is its own source");
  config_ = role + "credential_source = Nowhere\n";
  ExpectWrong("credential_source of the profile default", "no source of credentials");
  config_ = role + "credential_source = Environment\n";
  ExpectWrong("credential_source of the profile default", "no credentials at Environment", ErrorCode::kUnauthorized);
  config_ = role + "credential_source = EcsContainer\n";
  ExpectWrong("credential_source of the profile default", "no credentials at EcsContainer", ErrorCode::kUnauthorized);
}

TEST_F(PlanTest, ARoleMayStandOnARoleAndOnItsOwnKeys) {
  const std::string keys = "aws_access_key_id = id\naws_secret_access_key = s\n";
  config_ =
      "[default]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\nexternal_id = ext\nduration_seconds = 900\n"
      "role_session_name = mine\n[profile b]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = b\n" +
      keys;
  const auto outer = As<AssumedRole>(Make());
  EXPECT_EQ(outer.role.external_id, "ext");
  EXPECT_EQ(outer.role.duration_s, 900);
  EXPECT_EQ(outer.role.session_name, "mine");
  // Where the source has keys, as botocore has it, these assume the role, and its own role is passed over.
  EXPECT_EQ(As<FixedKeys>(*outer.base).credentials.access_key_id, "id");
  config_ = "[default]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = default\n" + keys;
  EXPECT_EQ(As<FixedKeys>(*As<AssumedRole>(Make()).base).credentials.access_key_id, "id");
  config_ =
      "[default]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n[profile b]\nrole_arn = arn:aws:iam::1:role/b\n"
      "credential_source = Ec2InstanceMetadata\n";
  EXPECT_EQ(As<AssumedRole>(*As<AssumedRole>(Make()).base).role.arn, "arn:aws:iam::1:role/b");
}

TEST_F(PlanTest, WhatNeedsAPersonIsRefusedByName) {
  config_ =
      "[default]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = default\nmfa_serial = arn:aws:iam::1:mfa/x\n";
  ExpectWrong("mfa_serial of the profile default", "a code from a device");
  config_ = "[default]\nlogin_session = arn:aws:iam::1:user/x\n";
  ExpectWrong("login_session of the profile default", "aws login");
}

TEST_F(PlanTest, ARoleIsOneThatARequestMayHold) {
  const auto with = [](const std::string& text) {
    return "[default]\nsource_profile = default\naws_access_key_id = i\naws_secret_access_key = s\n" + text;
  };
  config_ = with("role_arn = a-role\n");
  ExpectWrong("role_arn of the profile default", "no ARN");
  config_ = with("role_arn = arn:aws:iam::1:role/a\nrole_session_name = a b\n");
  ExpectWrong("role_arn of the profile default", "session");
  for (const char* seconds : {"899", "43201", "x", "900s"}) {
    config_ = with(std::string("role_arn = arn:aws:iam::1:role/a\nduration_seconds = ") + seconds + "\n");
    ExpectWrong("duration_seconds of the profile default", "no duration");
  }
}

TEST_F(PlanTest, ASingleSignOnHasAllItsParts) {
  config_ = "[default]\nsso_account_id = 1\n";
  ExpectWrong("sso_role_name of the profile default", "has no sso_role_name");
  config_ = "[default]\nsso_account_id = 1\nsso_role_name = r\nsso_region = eu-west-1\n";
  ExpectWrong("sso_start_url of the profile default", "has no sso_start_url");
  config_ = "[default]\nsso_account_id = 1\nsso_role_name = r\nsso_session = s\n[sso-session s]\nsso_start_url = u\n";
  ExpectWrong("sso_region of the profile default", "has no sso_region");
  config_ = "[default]\nsso_account_id = 1\nsso_role_name = r\nsso_start_url = https://corp\nsso_region = a/b\n";
  ExpectWrong("sso_region of the profile default", "no name of a region");
  config_ = "[default]\nsso_account_id = 1\nsso_role_name = r\nsso_start_url = https://corp\nsso_region = eu-west-1\n";
  EXPECT_EQ(As<SsoRole>(Make()).login, "aws sso login --profile default");
}

TEST_F(PlanTest, AContainerIsAskedOverHttpNowhereElse) {
  const auto at = [this](const std::string& url) {
    variables_ = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}};
    return Make();
  };
  for (const char* good : {"http://127.0.0.1:9/x", "http://localhost/x", "http://[::1]/x", "http://169.254.170.23/v1",
                           "http://[fd00:ec2::23]/v1", "https://anywhere.example/x"}) {
    EXPECT_EQ(As<ContainerEndpoint>(at(good)).url.target, ParseUrl(good)->target) << good;
  }
  for (const char* bad : {"http://169.254.169.254/x", "http://evil.example/x", "http://127.evil.example/x",
                          "http://10.0.0.1/x", "nonsense"}) {
    const auto plan = at(bad);
    ASSERT_FALSE(plan) << bad;
    EXPECT_EQ(plan.error().code, ErrorCode::kInvalidArgument);
  }
  variables_ = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@evil.example/x"}};
  ExpectWrong("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "begins with '/'");
}

TEST_F(PlanTest, TheInstancesServiceIsWhereVariablesSay) {
  variables_ = {{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"}};
  EXPECT_EQ(ToString(As<InstanceMetadata>(Make()).origin), "http://[fd00:ec2::254]");
  variables_ = {{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/"}};
  EXPECT_EQ(ToString(As<InstanceMetadata>(Make()).origin), "http://127.0.0.1:1338");
}

TEST_F(PlanTest, AWebIdentityOfAProfileIsNoRoleOfAnother) {
  variables_ = {{"HOME", "/h"}};
  config_ = "[default]\nrole_arn = arn:aws:iam::1:role/a\nweb_identity_token_file = ~/t\nrole_session_name = mine\n";
  const auto web = As<WebIdentity>(Make());
  EXPECT_EQ(web.token_file, "/h/t");
  EXPECT_EQ(web.role.session_name, "mine");
  config_ = "[default]\nweb_identity_token_file = /t\n";
  ExpectWrong("role_arn of the profile default", "has no role_arn");
}

}  // namespace
}  // namespace lakeferry::aws
