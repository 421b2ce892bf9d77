// Tokens of Google as every source hands them out, and what is made of answers that are none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/known_secrets.h"
#include "storage/gcs/credentials/chain.h"
#include "tests/storage/cloud/scripted_services.h"
#include "tests/support/manual_clock.h"
#include "tests/support/rsa_test_key.h"
#include "tests/support/run_task.h"

namespace lakeferry::gcs {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

const std::string kTokens = "POST https://oauth2.googleapis.com/token";
const std::string kMachine = "GET http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token";
const std::string kExchange = "POST https://sts.googleapis.com/v1/token";
const std::string kImpersonate =
    "POST https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@p:generateAccessToken";

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string AccountFile() {
  return R"({"type":"service_account","client_email":"robot@p.iam","private_key_id":"k1","private_key":")" +
         Replaced(std::string(kRsaTestKey), "\n", "\\n") + R"(","token_uri":"https://oauth2.googleapis.com/token"})";
}

constexpr std::string_view kUserFile =
    R"({"type":"authorized_user","client_id":"c&i","client_secret":"secret-c","refresh_token":"secret-r"})";
constexpr std::string_view kReply = R"({"access_token":"token-of-google","expires_in":3599,"token_type":"Bearer"})";

std::string ExternalFile(std::string_view source, std::string_view more = {}) {
  return R"({"type":"external_account","audience":"//iam/pool","subject_token_type":"urn:of:jwt",)"
         R"("token_url":"https://sts.googleapis.com/v1/token","credential_source":)" +
         std::string(source) + std::string(more) + "}";
}

class TokenChainTest : public testing::Test {
 protected:
  Result<AccessToken> Get(TokenOptions options = {}) {
    TokenChain chain(loop_.get_executor(), context_, std::move(options));
    return RunTask(chain.Get({}), loop_);
  }
  void WithFile(std::string text) {
    host_.variables["GOOGLE_APPLICATION_CREDENTIALS"] = "/key.json";
    host_.files["/key.json"] = std::move(text);
  }
  void ExpectError(ErrorCode code, const testing::Matcher<std::string>& text) {
    const auto token = Get();
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().code, code) << ToString(token.error());
    const std::string shown = token.error().message + " (" + token.error().where.text() + "): " + token.error().remedy;
    EXPECT_THAT(shown, text);
    EXPECT_THAT(shown, AllOf(Not(HasSubstr("secret-")), Not(HasSubstr("token-of")), Not(HasSubstr("BEGIN"))));
  }

  boost::asio::io_context loop_;
  ManualClock clock_{ParseTime("2026-11-29T12:00:00Z").value()};
  ScriptedHttp http_;
  ScriptedHost host_;
  TokenContext context_{.http = http_, .metadata = http_, .host = host_, .clock = clock_};
};

TEST_F(TokenChainTest, AnAccountAsksWithASignedText) {
  WithFile(AccountFile());
  http_.On(kTokens, 200, std::string(kReply));
  const auto token = Get();
  ASSERT_TRUE(token) << ToString(token.error());
  EXPECT_EQ(token->bearer.Reveal(), "token-of-google");
  EXPECT_EQ(token->ends, clock_.WallTime() + 3599s);
  EXPECT_EQ(WithoutSecrets("token-of-google"), "[secret]");
  EXPECT_THAT(http_.asked[0].body,
              StartsWith("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=eyJ"));
}

TEST_F(TokenChainTest, TheSignedTextSaysWhoAsksForWhat) {
  const auto key = RsaKey::FromPem(Secret(std::string(kRsaTestKey)));
  const ServiceAccount account{
      .email = "robot@p.iam", .key_id = "k1", .key = *key, .token_uri = "https://oauth2.googleapis.com/token"};
  const std::string text = AssertionOf(account, "scope", clock_.WallTime());
  const std::string head =
      ToBase64Url(R"({"alg":"RS256","typ":"JWT","kid":"k1"})") + "." +
      ToBase64Url(R"({"iss":"robot@p.iam","scope":"scope","aud":"https://oauth2.googleapis.com/token",)"
                  R"("iat":1795953600,"exp":1795957200})");
  EXPECT_EQ(text, head + "." + ToBase64Url(key->Sign(head)));
}

TEST_F(TokenChainTest, TheOrderIsThatOfTheToolsOfGoogle) {
  host_.variables["HOME"] = "/h";
  http_.On(kTokens, 200, std::string(kReply));
  http_.On(kMachine, 200, std::string(kReply));
  host_.files["/h/.config/gcloud/application_default_credentials.json"] = kUserFile;
  WithFile(AccountFile());
  ASSERT_TRUE(Get());
  EXPECT_THAT(http_.asked.back().body, HasSubstr("assertion="));
  host_.variables.erase("GOOGLE_APPLICATION_CREDENTIALS");
  ASSERT_TRUE(Get());
  EXPECT_EQ(http_.asked.back().body,
            "grant_type=refresh_token&client_id=c%26i&client_secret=secret-c&refresh_token=secret-r");
  host_.variables["CLOUDSDK_CONFIG"] = "/other";
  ASSERT_TRUE(Get());
  EXPECT_EQ(http_.asked.back().line, kMachine);
  EXPECT_EQ(http_.asked.back().headers.Find("Metadata-Flavor"), "Google");
  EXPECT_EQ(http_.asked.back().deadline, clock_.Monotonic() + 1s);
  http_.On("GET http://localhost:8080/computeMetadata/v1/instance/service-accounts/default/token", 200,
           std::string(kReply));
  host_.variables["GCE_METADATA_HOST"] = "localhost:8080";
  ASSERT_TRUE(Get());
  host_.files["/configured"] = kUserFile;
  ASSERT_TRUE(Get({.key_file = "/configured"}));
  EXPECT_EQ(host_.read.back(), "/configured");
  EXPECT_TRUE(Get({.anonymous = true}).value().bearer.empty());
}

TEST_F(TokenChainTest, WhereNothingIsEveryPlaceIsNamed) {
  host_.variables["HOME"] = "/h";
  ExpectError(ErrorCode::kUnauthorized,
              AllOf(HasSubstr("GOOGLE_APPLICATION_CREDENTIALS is not set"),
                    HasSubstr("/h/.config/gcloud/application_default_credentials.json"), HasSubstr("169.254.169.254")));
  http_.answers[kMachine] = {{.status = 404, .text = "<html>"}};
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("no service account is attached"));
  host_.variables["GOOGLE_APPLICATION_CREDENTIALS"] = "/none";
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("GOOGLE_APPLICATION_CREDENTIALS names is not there"));
}

TEST_F(TokenChainTest, ATokenOfAFileIsExchanged) {
  WithFile(ExternalFile(R"({"file":"/subject","format":{"type":"json","subject_token_field_name":"jwt"}})",
                        R"(,"service_account_impersonation_url":"https://iamcredentials.googleapis.com/v1/projects/-)"
                        R"(/serviceAccounts/a@p:generateAccessToken")"));
  host_.files["/subject"] = R"({"jwt":"token-of-pod"})";
  http_.On(kExchange, 200, std::string(kReply));
  http_.On(kImpersonate, 200, R"({"accessToken":"token-of-account","expireTime":"2026-11-29T13:00:00Z"})");
  const auto token = Get();
  ASSERT_TRUE(token) << ToString(token.error());
  EXPECT_EQ(token->bearer.Reveal(), "token-of-account");
  EXPECT_EQ(token->ends, ParseTime("2026-11-29T13:00:00Z").value());
  EXPECT_THAT(http_.asked[0].body, AllOf(HasSubstr("&audience=%2F%2Fiam%2Fpool&scope=https%3A%2F%2Fwww.googleapis.com"
                                                   "%2Fauth%2Fcloud-platform&"),
                                         HasSubstr("&subject_token=token-of-pod")));
  EXPECT_EQ(http_.asked[1].headers.Find("Authorization"), "Bearer token-of-google");
  EXPECT_EQ(http_.asked[1].body,
            R"({"scope":["https://www.googleapis.com/auth/devstorage.read_write"],"lifetime":"3600s"})");

  http_.answers[kImpersonate] = {
      {.status = 200, .text = R"({"accessToken":"token-of-x","expireTime":"2026-11-29T11:00:00Z"})"}};
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("ended at 2026-11-29T11:00:00"));
  http_.answers[kImpersonate] = {{.status = 200, .text = R"({"accessToken":"token-of-x"})"}};
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("expireTime"));
  http_.answers[kImpersonate] = {
      {.status = 403, .text = R"({"error":{"code":403,"message":"token-of-google may not"}})"}};
  ExpectError(ErrorCode::kUnauthorized, AllOf(HasSubstr("[secret] may not"), HasSubstr("Token Creator")));
  host_.files["/subject"] = R"({"other":"token-of-pod"})";
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("jwt"));
  host_.files["/subject"] = R"({"jwt":""})";
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("is empty"));
  host_.files.erase("/subject");
  ExpectError(ErrorCode::kUnauthorized, HasSubstr("mount the token there"));
}

TEST_F(TokenChainTest, ATokenOfAUrlIsExchanged) {
  WithFile(ExternalFile(R"({"url":"http://169.254.169.254/identity","headers":{"Metadata":"True"}})"));
  const std::string line = "GET http://169.254.169.254/identity";
  http_.On(line, 200, "token-of-azure\n");
  http_.On(kExchange, 200, std::string(kReply));
  ASSERT_TRUE(Get());
  EXPECT_EQ(http_.asked[0].headers.Find("Metadata"), "True");
  EXPECT_THAT(http_.asked[1].body,
              AllOf(HasSubstr("&subject_token=token-of-azure"), HasSubstr("devstorage.read_write")));
  http_.answers[line] = {{.status = 500}};
  ExpectError(ErrorCode::kUnavailable, HasSubstr("the service of the external account"));
}

TEST_F(TokenChainTest, AnAccountMayStandOnAnother) {
  WithFile(R"({"type":"impersonated_service_account","service_account_impersonation_url":)"
           R"("https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@p:generateAccessToken",)"
           R"("source_credentials":)" +
           std::string(kUserFile) + "}");
  http_.On(kTokens, 200, std::string(kReply));
  http_.On(kImpersonate, 200, R"({"accessToken":"token-of-account","expireTime":"2026-11-29T13:00:00Z"})");
  EXPECT_EQ(Get().value().bearer.Reveal(), "token-of-account");
  EXPECT_THAT(http_.lines(), ElementsAre(kTokens, kImpersonate));
}

TEST_F(TokenChainTest, ARefusalIsToldWithItsReason) {
  WithFile(std::string(kUserFile));
  http_.answers[kTokens] = {
      {.status = 400, .text = R"({"error":"invalid_grant","error_description":"secret-r is revoked"})"}};
  ExpectError(ErrorCode::kUnauthorized, AllOf(HasSubstr("invalid_grant, [secret] is revoked"),
                                              HasSubstr("gcloud auth application-default login")));
  http_.answers[kTokens] = {{.status = 429}};
  ExpectError(ErrorCode::kThrottled, HasSubstr("429"));
  http_.answers[kTokens] = {{.status = 503, .text = "<html>"}};
  ExpectError(ErrorCode::kUnavailable, HasSubstr("503"));
  for (const auto& [answer, words] : {std::pair<std::string, const char*>{"<html>secret-page</html>", "no"},
                                      {R"({"expires_in":1})", "access_token"},
                                      {R"({"access_token":"secret-t"})", "expires_in"},
                                      {R"({"access_token":"secret\r\nX: y","expires_in":1})", "the token is none"},
                                      {R"({"access_token":"secret-t","expires_in":-1})", "expires_in"}}) {
    http_.answers[kTokens] = {{.status = 200, .text = answer}};
    ExpectError(ErrorCode::kUnauthorized, HasSubstr(words));
  }
}

TEST_F(TokenChainTest, AFileThatIsNoneIsRefused) {
  const auto account = [](std::string_view from, std::string_view to) { return Replaced(AccountFile(), from, to); };
  const std::pair<std::string, const char*> files[] = {
      {"secret-text", "is not a JSON object"},
      {"{}", "'type'"},
      {R"({"type":"gdch_service_account"})", "of this type"},
      {account("\"private_key\"", "\"other\""), "private_key"},
      {account("BEGIN PRIVATE", "BEGIN OTHER"), "no private RSA key"},
      {account("https://oauth2.googleapis.com/token", "https://evil.example/token"), "no address of Google"},
      {account("https://oauth2.googleapis.com/token", "http://oauth2.googleapis.com/token"), "no address of Google"},
      {account("https://oauth2.googleapis.com/token", "https://evilgoogleapis.com/token"), "no address of Google"},
      {R"({"type":"authorized_user","client_id":"c","client_secret":"secret-c"})", "refresh_token"},
      {ExternalFile(R"({"environment_id":"aws1"})"), "'environment_id'"},
      {ExternalFile(R"({"executable":{"command":"secret-c"}})"), "'executable'"},
      {ExternalFile("{}"), "neither a file nor a URL"},
      {ExternalFile(R"({"file":"/a","url":"http://b"})"), "or both"},
      {ExternalFile(R"({"url":"nonsense"})"), "URL"},
      {ExternalFile(R"({"file":"/a","format":{"type":"xml"}})"), "format"},
      {ExternalFile(R"({"file":"/a"})", R"(,"service_account_impersonation_url":"https://evil.example/x")"),
       "service_account_impersonation_url"},
  };
  for (const auto& [file, words] : files) {
    WithFile(file);
    ExpectError(ErrorCode::kInvalidArgument, HasSubstr(words));
  }
  EXPECT_TRUE(http_.asked.empty());
}

TEST_F(TokenChainTest, WhatWasDistrustedIsLookedForAnew) {
  WithFile(std::string(kUserFile));
  http_.On(kTokens, 200, R"({"access_token":"token-of-1","expires_in":3600})");
  http_.On(kTokens, 200, R"({"access_token":"token-of-2","expires_in":3600})");
  TokenChain chain(loop_.get_executor(), context_);
  const auto first = RunTask(chain.Get({}), loop_);
  EXPECT_EQ(RunTask(chain.Get({}), loop_)->bearer.Reveal(), "token-of-1");
  chain.Distrust(*first);
  EXPECT_EQ(RunTask(chain.Get({}), loop_)->bearer.Reveal(), "token-of-2");
  chain.Distrust(*first);
  EXPECT_EQ(RunTask(chain.Get({}), loop_)->bearer.Reveal(), "token-of-2");
}

}  // namespace
}  // namespace lakeferry::gcs
