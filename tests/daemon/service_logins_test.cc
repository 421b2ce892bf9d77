// As whom workflow services are spoken to, by the configuration and by the variables of Databricks' own tools.
#include "daemon/wiring/service_logins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <fstream>

#include "tests/storage/cloud/scripted_services.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ServiceLoginsTest : public testing::Test {
 protected:
  SecretRef Keep(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return {.kind = SecretRef::Kind::kFile, .name = folder_ / name};
  }
  Result<std::shared_ptr<Authorizer>> Make(ServiceLogin login, WorkflowKind kind = WorkflowKind::kDatabricks) {
    return MakeAuthorizer(
        {.engine = loop_.get_executor(), .http = http_, .metadata = metadata_, .host = host_, .clock = clock_},
        {.kind = kind, .url = "https://d", .login = std::move(login)});
  }
  // What a request is sent with, or the error; `refused` afterwards.
  std::string Sent(Authorizer& authorizer, bool refused = false) {
    HttpRequest request;
    const auto sent = RunTask(authorizer.Authorize({}, request), loop_);
    if (!sent) return ToString(sent.error());
    if (refused) (*sent)();
    return std::string(request.headers.Find("Authorization").value_or("nobody"));
  }

  TempFolder folder_;
  boost::asio::io_context loop_;
  ScriptedHost host_;
  ScriptedHttp http_;
  ScriptedHttp metadata_;
  ManualClock clock_;
};

TEST_F(ServiceLoginsTest, ATokenIsReadAtItsFirstUseAndAnewWhenItWasRefused) {
  const auto login = Make({.token = Keep("token", "first-of-two\n")}).value();
  EXPECT_EQ(Sent(*login), "Bearer first-of-two");
  Keep("token", "second-of-two");
  EXPECT_EQ(Sent(*login, true), "Bearer first-of-two") << "it is good still, as far as anybody knows";
  EXPECT_EQ(Sent(*login), "Bearer second-of-two");
  EXPECT_THAT(login->Origin(), HasSubstr("the file "));
  const auto wrong = Make({.token = Keep("lines", "ebb\nand-flood")}).value();
  EXPECT_THAT(Sent(*wrong), AllOf(HasSubstr("characters that no header can have"), testing::Not(HasSubstr("flood"))));
}

TEST_F(ServiceLoginsTest, AnApplicationOfDatabricksAsksItsWorkspaceForTokensBeforeTheyEnd) {
  http_.On("POST https://d/oidc/v1/token", 200, R"({"access_token":"one","expires_in":3600})");
  http_.On("POST https://d/oidc/v1/token", 200, R"({"access_token":"two","expires_in":3600})");
  const auto login = Make({.client_id = "app", .client_secret = Keep("secret", "s3cr")}).value();
  EXPECT_THAT(http_.asked, IsEmpty());
  EXPECT_EQ(Sent(*login), "Bearer one");
  EXPECT_EQ(Sent(*login), "Bearer one");
  EXPECT_EQ(http_.asked[0].headers.Find("Authorization"), "Basic YXBwOnMzY3I=");
  EXPECT_EQ(http_.asked[0].body, "grant_type=client_credentials&scope=all-apis");
  clock_.Advance(std::chrono::minutes(56));
  EXPECT_EQ(Sent(*login), "Bearer two");
}

TEST_F(ServiceLoginsTest, AnApplicationThatIsRefusedSaysWhyAndItsSecretIsReadAnew) {
  http_.On("POST https://d/oidc/v1/token", 401, R"({"error":"invalid_client","error_description":"no such client"})");
  http_.On("POST https://d/oidc/v1/token", 200, R"({"access_token":"one","expires_in":3600})");
  const auto login = Make({.client_id = "app", .client_secret = Keep("secret", "old")}).value();
  EXPECT_THAT(Sent(*login), AllOf(HasSubstr("no such client"), HasSubstr("client_secret")));
  Keep("secret", "s3cr");
  EXPECT_EQ(Sent(*login), "Bearer one");
  EXPECT_EQ(http_.asked[1].headers.Find("Authorization"), "Basic YXBwOnMzY3I=");
}

TEST_F(ServiceLoginsTest, AnIdentityOfMicrosoftEntraAsksForATokenOfDatabricks) {
  http_.On("POST https://login.microsoftonline.com/t/oauth2/v2.0/token", 200,
           R"({"access_token":"entra","expires_in":3600})");
  const auto login = Make({.client_id = "c", .client_secret = Keep("secret", "s"), .tenant_id = "t"}).value();
  EXPECT_EQ(Sent(*login), "Bearer entra");
  EXPECT_THAT(http_.asked[0].body, HasSubstr("scope=2ff814a6-3304-4ab8-85cb-cd0e6f879c1d%2F.default"));
  metadata_.On(
      "GET http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
      "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d",
      200, R"({"access_token":"machine","expires_in":"3600"})");
  EXPECT_EQ(Sent(*Make({.managed_identity = true}).value()), "Bearer machine");
}

TEST_F(ServiceLoginsTest, ATokenOfASecretScopeIsReadAsTheVariablesSayAndAnewWhenItWasRefused) {
  ::setenv("DATABRICKS_TOKEN", "bootstrap", 1);
  host_.variables["DATABRICKS_TOKEN"] = "bootstrap";
  const std::string line = "GET https://d/api/2.0/secrets/get?scope=s%201&key=k";
  http_.On(line, 200, R"({"key":"k","value":"ZGFwaS1vbmU="})");
  http_.On(line, 200, R"({"key":"k","value":"ZGFwaS10d28="})");
  http_.On(line, 200, R"({"key":"k","value":"%%%"})");
  http_.On(line, 404, R"({"message":"no such scope"})");
  const auto login = Make({.secret_scope = "s 1", .secret_key = "k"}).value();
  EXPECT_EQ(Sent(*login, true), "Bearer dapi-one");
  EXPECT_EQ(Sent(*login, true), "Bearer dapi-two");
  EXPECT_EQ(http_.asked[0].headers.Find("Authorization"), "Bearer bootstrap");
  EXPECT_THAT(Sent(*login), HasSubstr("holds no token in Base64"));
  EXPECT_THAT(Sent(*login), AllOf(HasSubstr("secret scope 's 1', key 'k'"), HasSubstr("no such scope"),
                                  HasSubstr("DATABRICKS_TOKEN")));
}

TEST_F(ServiceLoginsTest, TheVariablesSecretsGoToTheirOwnHostAlone) {
  EXPECT_THAT(Sent(*Make({}).value()), AllOf(HasSubstr("nothing says as whom"), HasSubstr("DATABRICKS_TOKEN")));
  host_.variables = {{"DATABRICKS_HOST", "https://elsewhere"}, {"DATABRICKS_TOKEN", "bootstrap"}};
  const auto refused = Make({});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("its token is not sent there"));
  host_.variables["DATABRICKS_HOST"] = "http://elsewhere";
  EXPECT_THAT(Make({}).error().message, HasSubstr("not sent over http://"));
  host_.variables["DATABRICKS_HOST"] = "d";
  ::setenv("DATABRICKS_TOKEN", "bootstrap", 1);
  EXPECT_EQ(Sent(*Make({}).value()), "Bearer bootstrap");
}

TEST_F(ServiceLoginsTest, AirflowsUserGetsATokenWhereItHandsThemOutAndElseIsSentAsHeIs) {
  http_.On("POST https://d/auth/token", 201, R"({"access_token":"jwt"})");
  const ServiceLogin user{.user = "u\"", .password = Keep("password", "p")};
  const auto newer = Make(user, WorkflowKind::kAirflow).value();
  EXPECT_EQ(Sent(*newer), "Bearer jwt");
  EXPECT_EQ(Sent(*newer, true), "Bearer jwt");
  EXPECT_THAT(http_.asked, SizeIs(1));
  EXPECT_EQ(http_.asked[0].body, R"({"username":"u\"","password":"p"})");
  EXPECT_EQ(Sent(*newer), "Bearer jwt");
  EXPECT_THAT(http_.asked, SizeIs(2)) << "what was refused is asked for anew";
  http_.answers.clear();
  http_.On("POST https://d/auth/token", 404, "{}");
  EXPECT_EQ(Sent(*Make(user, WorkflowKind::kAirflow).value()), "Basic dSI6cA==");
  http_.answers.clear();
  http_.On("POST https://d/auth/token", 401, R"({"detail":"Invalid credentials"})");
  EXPECT_THAT(Sent(*Make(user, WorkflowKind::kAirflow).value()),
              AllOf(HasSubstr("Invalid credentials"), HasSubstr("user 'u")));
}

}  // namespace
}  // namespace lakeferry
