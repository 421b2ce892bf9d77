// Who stands in a request, by every kind of credential; and where tokens come from.
#include "storage/azure/azure_signers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/known_secrets.h"
#include "storage/azure/entra_tokens.h"
#include "tests/storage/cloud/scripted_services.h"
#include "tests/support/manual_clock.h"
#include "tests/support/rsa_test_key.h"
#include "tests/support/run_task.h"

namespace lakeferry::azure {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Secret Word(std::string text) { return Secret(std::move(text)); }

TEST(ReadPermission, IsSignedAsTheDocumentationHasIt) {
  auto permission = ReadPermission::Make("acct", Word("a2V5")).value();
  const TimeMs ends = ParseTime("2026-11-29T12:00:00.123Z").value();
  EXPECT_EQ(permission.StringToSign("/c/a b", ends),
            "r\n\n2026-11-29T12:00:00Z\n/blob/acct/c/a b\n\n\n\n2021-12-02\nb\n\n\n\n\n\n\n");
  EXPECT_THAT(permission.Until("/c/a b", ends),
              testing::StartsWith("sv=2021-12-02&sr=b&sp=r&se=2026-11-29T12%3A00%3A00Z&sig="));
  EXPECT_EQ(ReadPermission::Make("acct", Word("no base64")).error().code, ErrorCode::kInvalidArgument);
}

TEST(SasSigner, StandsBehindWhatTheTargetHas) {
  for (const char* token : {"?sv=1&sig=s", "sv=1&sig=s"}) {
    const ManualClock clock;
    SasSigner signer(Word(token), clock);
    HttpRequest plain{.target = "/c/b"};
    HttpRequest query{.target = "/c/b?comp=block"};
    ASSERT_TRUE(RunTask(signer.Sign({}, plain)).has_value());
    ASSERT_TRUE(RunTask(signer.Sign({}, query)).has_value());
    ASSERT_TRUE(RunTask(signer.SignSource({}, plain, "https://h/c/s", "/c/s")).has_value());
    EXPECT_EQ(plain.target, "/c/b?sv=1&sig=s");
    EXPECT_EQ(query.target, "/c/b?comp=block&sv=1&sig=s");
    EXPECT_EQ(plain.headers.Find("x-ms-copy-source"), "https://h/c/s?sv=1&sig=s");
  }
  const ManualClock clock;
  SasSigner nobody({}, clock);
  HttpRequest request{.target = "/c/b"};
  ASSERT_TRUE(RunTask(nobody.Sign({}, request)).has_value());
  EXPECT_EQ(request.target, "/c/b");
}

TEST(SasSigner, EndIsReadInEveryFormThatThePortalWrites) {
  const TimeMs noon = ParseTime("2026-11-29T12:00:00Z").value();
  EXPECT_EQ(EndOfSas("?sv=1&se=2026-11-29T12%3A00%3A00Z&sig=s"), noon);
  EXPECT_EQ(EndOfSas("se=2026-11-29T12:00Z"), noon);
  EXPECT_EQ(EndOfSas("sig=s&se=2026-11-29"), ParseTime("2026-11-29T00:00:00Z").value());
  for (const char* token : {"", "?", "sig=s", "use=2026-11-29", "se=soon", "se=", "&&"}) {
    EXPECT_EQ(EndOfSas(token), std::nullopt) << token;
  }
}

TEST(SasSigner, WhatHasEndedIsNotSentAndSaysSo) {
  ManualClock clock;
  const std::string ends = FormatUtc(clock.WallTime());
  SasSigner signer(Word("se=" + ends + "&sig=secret"), clock);
  HttpRequest request;
  clock.Advance(Millis(900'000));
  EXPECT_TRUE(RunTask(signer.Sign({}, request)).has_value()) << "a clock may be so wrong";
  clock.Advance(Millis(1));
  const auto over = RunTask(signer.Sign({}, request));
  EXPECT_EQ(over.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(over.error().message, HasSubstr("has ended at " + ends));
  EXPECT_THAT(ToString(over.error()), Not(HasSubstr("secret")));
}

TEST(LateSigner, IsMadeWhenNeededAndAnewAfterItWasRefused) {
  int made = 0;
  bool refuses = false;
  ManualClock clock;
  LateSigner signer([&]() -> Result<std::shared_ptr<RequestSigner>> {
    ++made;
    if (refuses) return Fail(ErrorCode::kInvalidArgument, "there is no file");
    return std::make_shared<SasSigner>(Word("sig=" + std::to_string(made)), clock);
  });
  EXPECT_EQ(made, 0);
  const auto sign = [&] {
    HttpRequest request{.target = "/c"};
    auto distrust = RunTask(signer.Sign({}, request));
    return std::pair(request.target, std::move(distrust));
  };
  const auto first = sign();
  EXPECT_EQ(first.first, "/c?sig=1");
  EXPECT_EQ(sign().first, "/c?sig=1");
  (*first.second)();
  (*first.second)();
  EXPECT_EQ(sign().first, "/c?sig=2");
  (*first.second)();
  EXPECT_EQ(sign().first, "/c?sig=2") << "another was refused";
  (*sign().second)();
  refuses = true;
  EXPECT_EQ(sign().second.error().code, ErrorCode::kInvalidArgument);
}

class EntraTokensTest : public testing::Test {
 protected:
  Result<AccessToken> Get(IdentitySettings identity) {
    EntraTokens tokens(loop_.get_executor(), {.http = http_, .metadata = metadata_, .host = host_, .clock = clock_},
                       std::move(identity));
    return RunTask(tokens.Get({}), loop_);
  }

  boost::asio::io_context loop_;
  ManualClock clock_;
  ScriptedHost host_;
  ScriptedHttp http_;
  ScriptedHttp metadata_;
  const std::string tenant_ = "POST https://login.microsoftonline.com/t/oauth2/v2.0/token";
  const std::string machine_ =
      "GET http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
      "&resource=https%3A%2F%2Fstorage.azure.com%2F";
};

TEST_F(EntraTokensTest, ServicePrincipalSendsItsSecret) {
  http_.On(tenant_, 200, R"({"token_type":"Bearer","expires_in":3599,"access_token":"token-of-entra"})");
  const auto token = Get({.tenant = "t", .client = "c", .secret = Word("s&cret")});
  ASSERT_TRUE(token.has_value()) << ToString(token.error());
  EXPECT_EQ(token->bearer.Reveal(), "token-of-entra");
  EXPECT_EQ(token->ends, clock_.WallTime() + std::chrono::seconds(3599));
  EXPECT_EQ(http_.asked[0].body,
            "grant_type=client_credentials&client_id=c&scope=https%3A%2F%2Fstorage.azure.com%2F.default&client_secret="
            "s%26cret");
  EXPECT_THAT(WithoutSecrets("a token-of-entra b"), Not(HasSubstr("token-of-entra")));
}

TEST_F(EntraTokensTest, WorkloadSendsWhatItsFileHolds) {
  host_.files["/token"] = "jwt.of.pod\n";
  http_.On(tenant_, 200, R"({"expires_in":3599,"access_token":"x"})");
  ASSERT_TRUE(Get({.tenant = "t", .client = "c", .token_file = "/token"}).has_value());
  EXPECT_THAT(http_.asked[0].body, HasSubstr("&client_assertion=jwt.of.pod"));
}

TEST_F(EntraTokensTest, WorkloadWithoutItsFileAsksNobody) {
  EXPECT_EQ(Get({.tenant = "t", .client = "c", .token_file = "/none"}).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(http_.asked.empty());
}

TEST_F(EntraTokensTest, ServicePrincipalNeedsTenantAndClient) {
  EXPECT_EQ(Get({.client = "c", .secret = Word("s")}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Get({.tenant = "t", .secret = Word("s")}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(http_.asked.empty());
}

TEST_F(EntraTokensTest, SecretsGoWithoutTlsToThisMachineAlone) {
  IdentitySettings identity{.tenant = "t", .client = "c", .secret = Word("s"), .authority = "http://127.0.0.1:9"};
  http_.On("POST http://127.0.0.1:9/t/oauth2/v2.0/token", 200, R"({"expires_in":3599,"access_token":"x"})");
  EXPECT_TRUE(Get(identity).has_value());
  EXPECT_EQ(http_.asked.size(), 1U);
  identity.authority = "http://login.example";
  EXPECT_EQ(Get(identity).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(http_.asked.size(), 1U);
}

TEST_F(EntraTokensTest, MachineIsAskedWhereNothingElseIsThere) {
  metadata_.On(machine_, 200, R"({"expires_in":"3599","access_token":"x"})");
  ASSERT_TRUE(Get({}).has_value());
  EXPECT_EQ(metadata_.asked[0].headers.Find("Metadata"), "true");
  metadata_.On(machine_ + "&client_id=c", 200, R"({"expires_on":"1","access_token":"x"})");
  EXPECT_EQ(Get({.client = "c"})->ends, FromEpochMs(1'000));
  host_.variables = {{"IDENTITY_ENDPOINT", "http://localhost:42/msi"}, {"IDENTITY_HEADER", "header-secret"}};
  metadata_.On("GET http://localhost:42/msi?api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com%2F", 200,
               R"({"expires_on":"9999999999","access_token":"x"})");
  ASSERT_TRUE(Get({}).has_value());
  EXPECT_EQ(metadata_.asked.back().headers.Find("X-IDENTITY-HEADER"), "header-secret");
}

TEST_F(EntraTokensTest, WhoeverIsLoggedInIsAskedForLast) {
  std::vector<std::string> ran;
  host_.run = [&](const std::vector<std::string>& command) -> Result<Secret> {
    ran = command;
    return Word(R"({"accessToken":"of-login","expiresOn":"2026-11-29 12:00:00.000000","expires_on":9999999999})");
  };
  EXPECT_FALSE(Get({}).has_value());
  EXPECT_THAT(ran, testing::IsEmpty()) << "a managed identity was asked for";
  EXPECT_EQ(Get({.logged_in = true})->bearer.Reveal(), "of-login");
  EXPECT_THAT(ran, testing::ElementsAre("az", "account", "get-access-token", "--resource", "https://storage.azure.com/",
                                        "--output", "json"));
  for (const char* text : {"", "{}", R"({"accessToken":"x"})", R"({"accessToken":"a b","expires_on":1})"}) {
    host_.run = [&](const auto&) { return Result<Secret>(Word(text)); };
    const auto none = Get({.logged_in = true});
    EXPECT_EQ(none.error().code, ErrorCode::kUnauthorized) << text;
    EXPECT_THAT(none.error().message, HasSubstr("nobody logged in by az")) << text;
  }
  metadata_.On(machine_, 200, R"({"expires_in":"3599","access_token":"of-machine"})");
  EXPECT_EQ(Get({.logged_in = true})->bearer.Reveal(), "of-machine");
}

TEST_F(EntraTokensTest, CertificateSignsForItsClient) {
  const std::string pem = std::string(kRsaTestKey) + std::string(kRsaTestCertificate);
  host_.files["/c.pem"] = pem;
  for (const IdentitySettings& identity : {IdentitySettings{.tenant = "t", .client = "c", .certificate_file = "/c.pem"},
                                           IdentitySettings{.tenant = "t", .client = "c", .certificate = Word(pem)}}) {
    http_.On(tenant_, 200, R"({"expires_in":3599,"access_token":"x"})");
    ASSERT_TRUE(Get(identity).has_value());
    EXPECT_THAT(
        http_.asked.back().body,
        AllOf(HasSubstr("&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"),
              HasSubstr("&client_assertion=eyJ")));
  }
  host_.variables = {{"AZURE_CLIENT_CERTIFICATE_PATH", "/c.pem"}};
  EXPECT_EQ(ReadVariables(host_)->identity.certificate_file, "/c.pem");
}

TEST_F(EntraTokensTest, NobodyStandsInForACertificateThatIsNone) {
  metadata_.On(machine_, 200, R"({"expires_in":"3599","access_token":"x"})");
  host_.files["/c.pem"] = std::string(kRsaTestKey);
  const auto refused = Get({.tenant = "t", .client = "c", .certificate_file = "/c.pem"});
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused.error().where.text(), "/c.pem");
  EXPECT_THAT(metadata_.asked, testing::IsEmpty());
}

TEST_F(EntraTokensTest, RefusalIsToldWithoutSecretsAndWhatToDo) {
  http_.On(tenant_, 401, R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid client\r\nTrace"})");
  const auto refused = Get({.tenant = "t", .client = "c", .secret = Word("secret-value")});
  EXPECT_EQ(refused.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(ToString(refused.error()),
              AllOf(HasSubstr("AADSTS7000215"), HasSubstr("secret"), Not(HasSubstr("Trace"))));
  EXPECT_THAT(ToString(refused.error()), Not(HasSubstr("secret-value")));
  EXPECT_EQ(Get({.tenant = "t", .secret = Word("s")}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Get({.tenant = "t", .client = "c", .secret = Word("s"), .authority = "http://far"}).error().code,
            ErrorCode::kInvalidArgument);
  const auto none = Get({});
  EXPECT_EQ(none.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(ToString(none.error()), HasSubstr("no credential for Azure was found"));
  for (const char* text : {"{}", "<html>", R"({"access_token":"a b","expires_in":1})", R"({"access_token":"a"})"}) {
    http_.answers[tenant_] = {{.status = 200, .text = text}};
    EXPECT_EQ(Get({.tenant = "t", .client = "c", .secret = Word("s")}).error().code, ErrorCode::kUnauthorized) << text;
  }
}

class OneToken final : public TokenSource {
 public:
  int distrusted = 0;
  Task<Result<AccessToken>> Get(Call) override { co_return AccessToken{.bearer = Word("tok")}; }
  void Distrust(const AccessToken&) override { ++distrusted; }
};

TEST(TokenSigner, SendsTheTokenAndProvesWithItThatTheSourceMayBeRead) {
  const auto source = std::make_shared<OneToken>();
  TokenSigner signer(source);
  HttpRequest request;
  ASSERT_TRUE(RunTask(signer.SignSource({}, request, "https://h/c/s", "/c/s")).has_value());
  const auto distrust = RunTask(signer.Sign({}, request));
  ASSERT_TRUE(distrust.has_value());
  EXPECT_EQ(request.headers.Find("Authorization"), "Bearer tok");
  EXPECT_EQ(request.headers.Find("x-ms-copy-source-authorization"), "Bearer tok");
  (*distrust)();
  EXPECT_EQ(source->distrusted, 1);
}

}  // namespace
}  // namespace lakeferry::azure
