#include "base/rsa_key.h"

#include <gtest/gtest.h>

#include "base/signature.h"
#include "tests/support/rsa_test_key.h"

namespace lakeferry {
namespace {

Secret Pem(std::string_view text) { return Secret(std::string(text)); }

TEST(RsaKey, SignsAsOpensslDoes) {
  for (const std::string_view pem : {kRsaTestKey, kRsaTestKeyPkcs1}) {
    const auto key = RsaKey::FromPem(Pem(pem));
    ASSERT_TRUE(key);
    EXPECT_EQ(ToBase64Url(key->Sign("message")), kRsaTestSignature);
    EXPECT_NE(ToBase64Url(key->Sign("messagf")), kRsaTestSignature);
  }
}

TEST(RsaKey, AnythingElseIsNone) {
  for (const Secret& bad : {Secret(), Pem("secret words"), SigningKey::New().ToPem(), Pem(kRsaSmallKey),
                            Pem(kRsaTestKey.substr(0, kRsaTestKey.size() / 2))}) {
    const auto key = RsaKey::FromPem(bad);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, ErrorCode::kInvalidArgument);
    EXPECT_FALSE(key.error().message.contains("secret words"));
  }
}

TEST(Base64Url, HasNoPaddingAndNothingThatAUrlEscapes) {
  EXPECT_EQ(ToBase64Url("f"), "Zg");
  EXPECT_EQ(ToBase64Url("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(ToBase64Url(""), "");
}

}  // namespace
}  // namespace lakeferry
