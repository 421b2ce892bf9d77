// When secrets end, and what check says of it.
#include "daemon/wiring/secret_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/base64.h"
#include "daemon/wiring/secret_ends.h"
#include "http/tls_context.h"
#include "tests/http/test_certificates.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

using plan::Severity;
using std::chrono::days;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr TimeMs kNow = FromEpochMs(1'700'000'000'000);

std::string Token(const std::string& claims) {
  std::string middle = ToBase64(claims);
  while (middle.ends_with('=')) middle.pop_back();
  return "eyJhbGciOiJub25lIn0." + middle + ".c2lnbmF0dXJl";
}

TEST(SecretEnds, ATokenSaysItsEnd) {
  EXPECT_EQ(EndOfToken(Token(R"({"sub":"x","exp":1700000000})")), kNow);
  for (const std::string& text : {Token(R"({"sub":"x"})"), Token(R"({"exp":"soon"})"), Token(R"({"exp":-1})"),
                                  Token(R"({"exp":9999999999999})"), Token("no json"), std::string("dapi0123456789"),
                                  std::string("a.b"), std::string("a.b.c.d"), std::string(".."), std::string()}) {
    EXPECT_EQ(EndOfToken(text), std::nullopt) << text;
  }
}

TEST(SecretEnds, ASharedAccessSignatureSaysItsEnd) {
  EXPECT_EQ(EndOfSignature("?sv=2024-11-04&se=2023-11-14T22%3A13%3A20Z&sig=abc"), kNow);
  EXPECT_EQ(EndOfSignature("se=2023-11-14T22:13:20Z"), kNow);
  EXPECT_EQ(EndOfSignature("sv=1&se=2023-11-14&sig=a"), ParseTime("2023-11-14T00:00:00Z").value());
  for (const char* text : {"sv=1&si=policy&sig=a", "sse=2023-11-14", "se=tomorrow", "se=", "&&", ""}) {
    EXPECT_EQ(EndOfSignature(text), std::nullopt) << text;
  }
}

TEST(SecretEnds, ACertificateSaysItsEnd) {
  const TestSigner signer;
  const auto made = signer.Sign({.valid_from_s = 0, .valid_for_s = 3600});
  const auto now = std::chrono::floor<Millis>(std::chrono::system_clock::now());
  const auto end = EndOfCertificate(made.key + made.certificate);
  ASSERT_TRUE(end.has_value());
  EXPECT_NEAR(static_cast<double>((*end - now).count()), 3'600'000, 60'000);
  EXPECT_EQ(EndOfCertificate(made.key), std::nullopt);
  EXPECT_EQ(EndOfCertificate(""), std::nullopt);
}

class SecretCheckTest : public ::testing::Test {
 protected:
  SecretRef Kept(const std::string& text) {
    const std::string path = folder_ / std::to_string(++files_);
    std::ofstream(path) << text;
    return {.kind = SecretRef::Kind::kFile, .name = path};
  }
  TempFolder folder_;
  int files_ = 0;
  Config config_;
};

TEST_F(SecretCheckTest, WhatHasEndedIsAnErrorAndWhatEndsSoonAWarning) {
  config_.stores.azure_credentials["dr"].sas_token = Kept("sv=1&se=2023-11-14T22:13:20Z&sig=canary");
  const auto over = CheckSecrets(config_, kNow);
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over[0].severity, Severity::kError);
  EXPECT_THAT(over[0].what, HasSubstr("the shared access signature of credential 'dr' ended 2023-11-14"));
  EXPECT_THAT(over[0].where.text(), HasSubstr("the file "));
  const auto soon = CheckSecrets(config_, kNow - days(14));
  ASSERT_EQ(soon.size(), 1U);
  EXPECT_EQ(soon[0].severity, Severity::kWarning);
  EXPECT_THAT(CheckSecrets(config_, kNow - days(14) - Millis(1)), IsEmpty());
}

TEST_F(SecretCheckTest, CertificatesAndTokensOfServicesAreLookedAtAsWell) {
  const TestSigner signer;
  config_.stores.azure_credentials["app"].client_certificate =
      Kept(signer.Sign({.valid_from_s = -7200, .valid_for_s = 3600}).certificate);
  WorkflowSettings jobs{.kind = WorkflowKind::kDatabricks, .url = "https://jobs.example"};
  jobs.login.token = Kept(Token(R"({"exp":1700000000})"));
  config_.workflow_sources = {{"one", jobs}, {"two", jobs}};
  const auto found = CheckSecrets(config_, std::chrono::floor<Millis>(std::chrono::system_clock::now()));
  ASSERT_EQ(found.size(), 2U) << "said once of both groups";
  EXPECT_THAT(found[0].what, HasSubstr("the client certificate of credential 'app' ended"));
  EXPECT_THAT(found[1].what, HasSubstr("the token for the workflows at https://jobs.example ended 2023-11-14"));
}

TEST_F(SecretCheckTest, WhatCannotBeReadIsSaidByWhoeverNeedsIt) {
  config_.stores.azure_credentials["dr"].sas_token =
      SecretRef{.kind = SecretRef::Kind::kFile, .name = folder_ / "none"};
  EXPECT_THAT(CheckSecrets(config_, kNow), IsEmpty());
}

}  // namespace
}  // namespace lakeferry
