#include "storage/azure/credentials/client_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "tests/support/rsa_test_key.h"

namespace lakeferry::azure {
namespace {

using testing::HasSubstr;

Secret Pem(std::string text) { return Secret(std::move(text)); }

const std::string kKey(kRsaTestKey);
const std::string kCertificate(kRsaTestCertificate);

// A part of a JWT, decoded.
std::string PartOf(const std::string& jwt, int number) {
  std::string part = jwt;
  for (int i = 0; i < number; ++i) part.erase(0, part.find('.') + 1);
  part.resize(std::min(part.find('.'), part.size()));
  std::ranges::replace(part, '-', '+');
  std::ranges::replace(part, '_', '/');
  part.append((4 - part.size() % 4) % 4, '=');
  return FromBase64(part).value();
}

TEST(ClientCertificate, AssertionNamesTheCertificateAndIsSignedByItsKey) {
  const TimeMs now = FromEpochMs(1'800'000'000'000);
  for (const std::string& pem : {kKey + kCertificate, kCertificate + kKey}) {
    const auto certificate = ClientCertificate::FromPem(Pem(pem));
    ASSERT_TRUE(certificate.has_value()) << ToString(certificate.error());
    const std::string jwt = certificate->Assertion("c\"x", "https://login/t/oauth2/v2.0/token", "id-1", now);
    EXPECT_EQ(PartOf(jwt, 0), R"({"alg":"RS256","typ":"JWT","x5t#S256":")" + std::string(kRsaTestThumbprint) + "\"}");
    EXPECT_EQ(PartOf(jwt, 1), R"({"aud":"https://login/t/oauth2/v2.0/token","iss":"c\"x","sub":"c\"x","jti":"id-1",)"
                              R"("nbf":1799999700,"exp":1800000600})");
    const std::string text = jwt.substr(0, jwt.rfind('.'));
    EXPECT_EQ(jwt.substr(text.size() + 1), ToBase64Url(RsaKey::FromPem(Pem(kKey))->Sign(text)));
  }
}

TEST(ClientCertificate, WhatIsMissingIsNamedAndNothingOfItIsRepeated) {
  const auto reason = [](const std::string& pem) { return ToString(ClientCertificate::FromPem(Pem(pem)).error()); };
  EXPECT_THAT(reason(kKey), HasSubstr("no certificate in PEM beside the key"));
  EXPECT_THAT(reason(kCertificate), HasSubstr("no private RSA key"));
  EXPECT_THAT(reason("-----BEGIN CERTIFICATE-----\n%%secret\n-----END CERTIFICATE-----\n" + kKey),
              testing::AllOf(HasSubstr("no certificate"), testing::Not(HasSubstr("secret"))));
  EXPECT_THAT(reason(""), HasSubstr("openssl pkcs12"));
}

}  // namespace
}  // namespace lakeferry::azure
