// Credentials as every source hands them out, and what is made of answers that are none.
#include "storage/aws/sources/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/known_secrets.h"
#include "storage/aws/sources/sts.h"
#include "tests/storage/cloud/scripted_services.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"

namespace lakeferry::aws {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

constexpr std::string_view kNow = "2026-11-29T12:00:00Z";
const std::string kToken = "PUT http://169.254.169.254/latest/api/token";
const std::string kRoles = "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/";
const std::string kSts = "POST https://sts.eu-west-1.amazonaws.com/";

std::string DocumentUntil(std::string_view end, std::string_view id = "ASIA-of-role") {
  return std::string(R"({"Code":"Success","AccessKeyId":")") + std::string(id) +
         R"(","SecretAccessKey":"secret-of-role","Token":"token-of-role","Expiration":")" + std::string(end) + R"("})";
}

std::string RoleReply(std::string_view end = "2026-11-29T13:00:00Z", std::string_view action = "AssumeRole") {
  const std::string a(action);
  return "<" + a + R"(Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><)" + a +
         "Result><AssumedRoleUser><Arn>arn</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIA-of-sts</AccessKeyId>"
         "<SecretAccessKey>secret-of-sts</SecretAccessKey><SessionToken>token/of+sts==</SessionToken><Expiration>" +
         std::string(end) + "</Expiration></Credentials></" + a + "Result></" + a + "Response>";
}

class ChainTest : public testing::Test {
 protected:
  Result<Credentials> Get(ChainOptions options = {}) {
    CredentialChain chain(loop_.get_executor(), context_, std::move(options));
    return RunTask(chain.Get({}), loop_);
  }
  void ExpectError(ErrorCode code, const testing::Matcher<std::string>& text) {
    const auto credentials = Get();
    ASSERT_FALSE(credentials);
    EXPECT_EQ(credentials.error().code, code) << ToString(credentials.error());
    // As it is, before any sink looks for secrets in it.
    const std::string shown =
        credentials.error().message + " (" + credentials.error().where.text() + "): " + credentials.error().remedy;
    EXPECT_THAT(shown, text);
    EXPECT_THAT(shown, Not(HasSubstr("secret-")));
    EXPECT_THAT(shown, Not(HasSubstr("token-of")));
  }
  void OnInstance() {
    http_.On(kToken, 200, "metadata-token\n");
    http_.On(kRoles, 200, "my-role\nanother");
    http_.On(kRoles + "my-role", 200, DocumentUntil("2026-11-29T18:00:00Z"));
  }
  void WithKeysAndRole(std::string more = {}) {
    host_.variables = {{"HOME", "/h"}, {"AWS_REGION", "eu-west-1"}};
    host_.files["/h/.aws/config"] =
        "[default]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = default\nexternal_id = e&x\n"
        "aws_access_key_id = AKIA\naws_secret_access_key = secret-in-file\n" +
        more;
  }

  boost::asio::io_context loop_;
  ManualClock clock_{ParseTime(kNow).value()};
  ScriptedHttp http_;
  ScriptedHost host_;
  SourceContext context_{.http = http_, .metadata = http_, .host = host_, .clock = clock_};
};

TEST_F(ChainTest, VariablesAreEnough) {
  host_.variables = {{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "secret-x"}};
  const auto credentials = Get();
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->access_key_id, "AKIA");
  EXPECT_EQ(credentials->secret_key.Reveal(), "secret-x");
  EXPECT_TRUE(credentials->session_token.empty());
  EXPECT_EQ(credentials->ends, std::nullopt);
  EXPECT_TRUE(http_.asked.empty());
}

TEST_F(ChainTest, NobodyLooksForNothing) {
  EXPECT_TRUE(Get({.anonymous = true}).value().anonymous());
  EXPECT_TRUE(http_.asked.empty());
  EXPECT_TRUE(host_.read.empty());
}

TEST_F(ChainTest, AnInstanceIsAskedByItsSecondVersion) {
  OnInstance();
  const auto credentials = Get();
  ASSERT_TRUE(credentials) << ToString(credentials.error());
  EXPECT_EQ(credentials->access_key_id, "ASIA-of-role");
  EXPECT_EQ(credentials->session_token.Reveal(), "token-of-role");
  EXPECT_EQ(credentials->ends, ParseTime("2026-11-29T18:00:00Z").value());
  EXPECT_THAT(http_.lines(), ElementsAre(kToken, kRoles, kRoles + "my-role"));
  EXPECT_EQ(http_.asked[0].headers.Find("x-aws-ec2-metadata-token-ttl-seconds"), "21600");
  EXPECT_EQ(http_.asked[2].headers.Find("x-aws-ec2-metadata-token"), "metadata-token");
  EXPECT_EQ(http_.asked[0].deadline, clock_.Monotonic() + 1s);
}

TEST_F(ChainTest, TextsAreWithoutWhatAServiceHandedOut) {
  OnInstance();
  auto credentials = Get();
  ASSERT_TRUE(credentials);
  EXPECT_EQ(WithoutSecrets("<Token-0>token-of-role</Token-0> secret-of-role"), "<Token-0>[secret]</Token-0> [secret]");
  credentials = Fail(ErrorCode::kInternal, "gone");
  EXPECT_EQ(WithoutSecrets("token-of-role"), "token-of-role");
}

TEST_F(ChainTest, WhereNothingAnswersEveryPlaceIsNamed) {
  ExpectError(ErrorCode::kUnauthorized,
              AllOf(HasSubstr("the instance's metadata service"), HasSubstr("AWS_ACCESS_KEY_ID is not set"),
                    HasSubstr("the profile default is in no file"), HasSubstr("169.254.169.254")));
}

TEST_F(ChainTest, AnInstanceWithoutARoleSaysSo) {
  http_.On(kToken, 200, "t");
  http_.On(kRoles, 404, "<html>not found</html>");
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("no role is attached"));
  http_.answers[kRoles] = {{.status = 503}};
  ExpectError(ErrorCode::kUnavailable, HasSubstr("503"));
  http_.answers[kRoles] = {{.status = 200, .text = "../../user-data"}};
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("no name of a role"));
  http_.answers[kToken] = {{.status = 403}};
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("HttpTokens"));
  http_.answers[kToken] = {{.status = 200, .text = "a\r\nHost: b"}};
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("the token is none"));
}

TEST_F(ChainTest, AnswersThatAreNoneAreRefused) {
  OnInstance();
  const std::string line = kRoles + "my-role";
  const std::pair<std::string, const char*> answers[] = {
      {"<html>secret-page</html>", "is not a JSON object"},
      {"", "is not a JSON object"},
      {R"({"AccessKeyId":"secret-i","SecretAccessKey":7,"Token":"t"})", "SecretAccessKey"},
      {R"({"SecretAccessKey":"secret-s","Token":"t","Expiration":"2027-01-01T00:00:00Z"})", "AccessKeyId"},
      {R"({"AccessKeyId":"i","SecretAccessKey":"secret-s","Expiration":"2027-01-01T00:00:00Z"})", "Token"},
      {R"({"AccessKeyId":"i","SecretAccessKey":"secret-s","Token":"t"})", "Expiration"},
      {R"({"AccessKeyId":"i","SecretAccessKey":"secret-s","Token":"t","Expiration":"soon"})", "no time"},
      {R"({"AccessKeyId":"","SecretAccessKey":"","Token":"t","Expiration":"2027-01-01T00:00:00Z"})", "empty"},
      {std::string(70'000, ' ') + DocumentUntil("2026-11-29T18:00:00Z"), "too large"},
      {DocumentUntil("2026-11-29T11:59:59Z"), "ended at 2026-11-29T11:59:59"},
  };
  for (const auto& [answer, words] : answers) {
    http_.answers[line] = {{.status = 200, .text = answer}};
    ExpectError(ErrorCode::kUnauthorized, HasSubstr(words));
  }
}

TEST_F(ChainTest, AContainerIsAskedWithItsToken) {
  host_.variables = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"},
                     {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/var/run/token"},
                     {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "not this one"}};
  host_.files["/var/run/token"] = "token-of-pod\n";
  const std::string line = "GET http://169.254.170.23/v1/credentials";
  http_.On(line, 200, DocumentUntil("2026-11-29T13:00:00Z"));
  ASSERT_TRUE(Get());
  EXPECT_EQ(http_.asked[0].headers.Find("Authorization"), "token-of-pod");
  host_.variables.erase("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  ASSERT_TRUE(Get());
  EXPECT_EQ(http_.asked[1].headers.Find("Authorization"), "not this one");
  host_.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "secret-token\r\nHost: x";
  ExpectError(ErrorCode::kInvalidArgument, HasSubstr("no text of one line"));
  host_.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/nowhere";
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
  host_.variables.erase("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  host_.variables.erase("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  http_.answers[line] = {{.status = 429}};
  ExpectError(ErrorCode::kThrottled, HasSubstr("429"));
}

TEST_F(ChainTest, ARoleIsAskedForWithASignature) {
  WithKeysAndRole();
  http_.On(kSts, 200, RoleReply());
  const auto credentials = Get();
  ASSERT_TRUE(credentials) << ToString(credentials.error());
  EXPECT_EQ(credentials->access_key_id, "ASIA-of-sts");
  EXPECT_EQ(credentials->secret_key.Reveal(), "secret-of-sts");
  EXPECT_EQ(credentials->session_token.Reveal(), "token/of+sts==");
  EXPECT_EQ(credentials->ends, ParseTime("2026-11-29T13:00:00Z").value());
  EXPECT_EQ(http_.asked[0].body,
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa&RoleSessionName=lakeferry"
            "&ExternalId=e%26x");
  EXPECT_THAT(std::string(http_.asked[0].headers.Find("Authorization").value_or("")),
              StartsWith("AWS4-HMAC-SHA256 Credential=AKIA/20261129/eu-west-1/sts/aws4_request, "
                         "SignedHeaders=content-type;host;x-amz-date, Signature="));
}

TEST_F(ChainTest, ARefusalOfARoleIsToldWithItsReason) {
  WithKeysAndRole();
  const auto fault = [](const std::string& code) {
    return "<ErrorResponse><Error><Type>Sender</Type><Code>" + code +
           "</Code><Message>User: arn:aws:iam::1:user/u is not authorized</Message></Error></ErrorResponse>";
  };
  http_.answers[kSts] = {{.status = 403, .text = fault("AccessDenied")}};
  ExpectError(ErrorCode::kUnauthorized, AllOf(HasSubstr("AccessDenied, User: arn:aws:iam::1:user/u is not authorized"),
                                              HasSubstr("the trust policy of the role arn:aws:iam::1:role/a")));
  http_.answers[kSts] = {{.status = 400, .text = fault("Throttling")}};
  ExpectError(ErrorCode::kUnavailable, HasSubstr("Throttling"));
  http_.answers[kSts] = {{.status = 500, .text = "<html>"}};
  ExpectError(ErrorCode::kUnavailable, HasSubstr("500"));
  http_.answers[kSts] = {{.status = 403, .text = "<html>secret-page</html>"}};
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("403"));
  http_.answers[kSts] = {{.error = Error{.code = ErrorCode::kOutcomeUnknown, .message = "lost"}}};
  ExpectError(ErrorCode::kUnavailable, HasSubstr("lost"));
}

TEST_F(ChainTest, AnAnswerThatGivesNoRoleIsRefused) {
  WithKeysAndRole();
  for (const auto& [answer, words] :
       {std::pair<std::string, const char*>{"{}", "no XML"},
        {"<html><body>secret-page</body></html>", "no AccessKeyId"},
        {"<A><B><Credentials><AccessKeyId>i</AccessKeyId></Credentials></B></A>", "no SecretAccessKey"},
        {RoleReply("tomorrow"), "no time"},
        {RoleReply("2026-11-29T12:00:00Z"), "ended at"},
        {"<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><A><B><Credentials><AccessKeyId>&b;</AccessKeyId>"
         "</Credentials></B></A>",
         "no SecretAccessKey"}}) {
    http_.answers[kSts] = {{.status = 200, .text = answer}};
    ExpectError(ErrorCode::kUnauthorized, HasSubstr(words));
  }
}

TEST_F(ChainTest, ARoleMayStandOnTheInstancesRole) {
  OnInstance();
  http_.On(kSts, 200, RoleReply());
  host_.variables = {{"AWS_REGION", "eu-west-1"}};
  ASSERT_TRUE(Get({.role = Role{.arn = "arn:aws:iam::1:role/of-configuration", .session_name = "lakeferry"}}));
  EXPECT_THAT(http_.lines(), ElementsAre(kToken, kRoles, kRoles + "my-role", kSts));
  EXPECT_EQ(http_.asked[3].headers.Find("x-amz-security-token"), "token-of-role");
}

TEST_F(ChainTest, AWebIdentityIsReadAnewAndSignsNothing) {
  host_.variables = {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"},
                     {"AWS_ROLE_ARN", "arn:aws:iam::1:role/web"},
                     {"AWS_ROLE_SESSION_NAME", "pod"}};
  host_.files["/t"] = "token-of-1+\n";
  const std::string everywhere = "POST https://sts.amazonaws.com/";
  http_.On(everywhere, 200, RoleReply("2026-11-29T13:00:00Z", "AssumeRoleWithWebIdentity"));
  CredentialChain chain(loop_.get_executor(), context_);
  ASSERT_TRUE(RunTask(chain.Get({}), loop_));
  EXPECT_THAT(http_.asked[0].body,
              AllOf(StartsWith("Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn="),
                    HasSubstr("&RoleSessionName=pod"), HasSubstr("&WebIdentityToken=token-of-1%2B")));
  EXPECT_EQ(http_.asked[0].headers.Find("Authorization"), std::nullopt);
  host_.files["/t"] = "token-of-2";
  clock_.Advance(56min);
  ASSERT_TRUE(RunTask(chain.Get({}), loop_));
  EXPECT_THAT(http_.asked[1].body, HasSubstr("&WebIdentityToken=token-of-2"));

  http_.answers[everywhere] = {
      {.status = 400,
       .text = "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>token-of-2 is none</Message></Error>"
               "</ErrorResponse>"}};
  ExpectError(ErrorCode::kUnauthorized, AllOf(HasSubstr("InvalidIdentityToken"), HasSubstr("[secret] is none")));
  host_.files.clear();
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("mount the token there"));
}

TEST_F(ChainTest, AnSsoLoginIsGoodUntilItEnds) {
  host_.variables = {{"HOME", "/h"}};
  host_.files["/h/.aws/config"] =
      "[default]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = data reader\n"
      "[sso-session corp]\nsso_start_url = https://corp\nsso_region = eu-west-1\n";
  const std::string cache = "/h/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
  const std::string line =
      "GET https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?role_name=data%20reader"
      "&account_id=111122223333";
  ExpectError(ErrorCode::kUnauthorized, AllOf(HasSubstr("nobody has logged in"),
                                              HasSubstr("run `aws sso login --sso-session corp`"), HasSubstr(cache)));
  host_.files[cache] = R"({"accessToken":"token-of-login","expiresAt":"2026-11-29T12:30:00UTC"})";
  http_.On(line, 200,
           R"({"roleCredentials":{"accessKeyId":"ASIA","secretAccessKey":"s","sessionToken":"t",)"
           R"("expiration":1795960800000}})");
  const auto credentials = Get();
  ASSERT_TRUE(credentials) << ToString(credentials.error());
  EXPECT_EQ(credentials->access_key_id, "ASIA");
  EXPECT_EQ(credentials->ends, FromEpochMs(1'795'960'800'000));
  EXPECT_EQ(http_.asked[0].headers.Find("x-amz-sso_bearer_token"), "token-of-login");

  http_.answers[line] = {{.status = 401, .text = R"({"message":"Session token not found or invalid"})"}};
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("run `aws sso login"));
  http_.answers[line] = {{.status = 403}};
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("the role data reader of the account 111122223333"));
  http_.answers[line] = {{.status = 200, .text = R"({"roleCredentials":{}})"}};
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("accessKeyId"));
  http_.answers[line] = {{.status = 200, .text = "<html>"}};
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("none of its answers"));

  host_.files[cache] = R"({"accessToken":"token-of-login","expiresAt":"2026-11-29T12:00:00Z"})";
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("the login ended at 2026-11-29T12:00:00"));
  for (const char* text : {"[]", R"({"accessToken":"","expiresAt":"2027-01-01T00:00:00Z"})", R"({"accessToken":"x"})",
                           R"({"accessToken":"x","expiresAt":"soon"})"}) {
    host_.files[cache] = text;
    ExpectError(ErrorCode::kUnauthorized, HasSubstr("the cached login"));
  }
}

TEST_F(ChainTest, AHelperProgramIsAskedInItsWords) {
  host_.variables = {{"HOME", "/h"}};
  host_.files["/h/.aws/credentials"] = "[default]\ncredential_process = /opt/tool --key \"secret-a b\"\n";
  std::vector<std::string> command;
  std::string output = R"({"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"secret-h"})";
  host_.run = [&](const std::vector<std::string>& words) -> Result<Secret> {
    command = words;
    return Secret(std::string(output));
  };
  const auto lasting = Get();
  ASSERT_TRUE(lasting) << ToString(lasting.error());
  EXPECT_THAT(command, ElementsAre("/opt/tool", "--key", "secret-a b"));
  EXPECT_EQ(lasting->ends, std::nullopt);
  output = R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"t",)"
           R"("Expiration":"2026-11-29T13:00:00+00:00"})";
  EXPECT_EQ(Get()->ends, ParseTime("2026-11-29T13:00:00Z").value());
  output = "secret-h is my key";
  ExpectError(ErrorCode::kUnauthorized, AllOf(HasSubstr("is not a JSON object"), HasSubstr("/opt/tool")));
  output = R"({"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"t","Expiration":"2020-01-01T00:00:00Z"})";
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("ended at 2020-01-01"));
  host_.files["/h/.aws/credentials"] = "[default]\ncredential_process = /opt/tool 'secret-open\n";
  ExpectError(ErrorCode::kInvalidArgument, HasSubstr("a quote"));
}

TEST_F(ChainTest, WhatWasDistrustedIsLookedForAnewFilesAndAll) {
  host_.variables = {{"HOME", "/h"}};
  const auto keys = [](const std::string& id) {
    return "[default]\naws_access_key_id = " + id + "\naws_secret_access_key = s\n";
  };
  host_.files["/h/.aws/credentials"] = keys("AKIA-1");
  CredentialChain chain(loop_.get_executor(), context_);
  const auto first = RunTask(chain.Get({}), loop_);
  host_.files["/h/.aws/credentials"] = keys("AKIA-2");
  EXPECT_EQ(RunTask(chain.Get({}), loop_)->access_key_id, "AKIA-1");
  chain.Distrust(*first);
  const auto second = RunTask(chain.Get({}), loop_);
  EXPECT_EQ(second->access_key_id, "AKIA-2");
  // Whoever was refused with the old ones, and comes late, takes nothing from the new.
  host_.files["/h/.aws/credentials"] = keys("AKIA-3");
  chain.Distrust(*first);
  EXPECT_EQ(RunTask(chain.Get({}), loop_)->access_key_id, "AKIA-2");
}

TEST_F(ChainTest, AFileThatCannotBeReadIsNoMissingOne) {
  host_.variables = {{"HOME", "/h"}};
  host_.files["/h/.aws/config"] = "secret-line";
  ExpectError(ErrorCode::kInvalidArgument, AllOf(HasSubstr("line 1"), HasSubstr("/h/.aws/config")));
}

TEST(StsPlace, IsThatOfTheRegionUnlessSaidOtherwise) {
  const auto place = [](AwsSettings settings, std::string_view arn = "arn:aws:iam::1:role/a") {
    const StsPlace found = PlaceOfSts(settings, arn).value();
    return ToString(found.url.origin) + found.url.target + " " + found.region;
  };
  EXPECT_EQ(place({.region = "eu-west-1"}), "https://sts.eu-west-1.amazonaws.com/ eu-west-1");
  EXPECT_EQ(place({.region = "eu-west-1", .use_fips = true}), "https://sts-fips.eu-west-1.amazonaws.com/ eu-west-1");
  EXPECT_EQ(place({.region = "eu-west-1", .sts_global = true}), "https://sts.amazonaws.com/ us-east-1");
  EXPECT_EQ(place({.region = "eu-south-1", .sts_global = true}), "https://sts.eu-south-1.amazonaws.com/ eu-south-1");
  EXPECT_EQ(place({}), "https://sts.amazonaws.com/ us-east-1");
  EXPECT_EQ(place({}, "arn:aws-cn:iam::1:role/a"), "https://sts.cn-north-1.amazonaws.com.cn/ cn-north-1");
  EXPECT_EQ(place({.region = "eu-west-1", .endpoint_sts = "http://127.0.0.1:5000/sts"}),
            "http://127.0.0.1:5000/sts eu-west-1");
}

}  // namespace
}  // namespace lakeferry::aws
