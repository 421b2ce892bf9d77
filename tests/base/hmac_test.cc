#include "base/hmac.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "base/sha1.h"

namespace lakeferry {
namespace {

std::string HmacHex(std::string_view key, std::string_view message) {
  HmacSha256 hmac(key);
  return LowerHex(hmac.Of(message));
}

TEST(Hmac, HasThePublishedValues) {  // RFC 4231 sections 4.2 to 4.8, without the truncated one
  EXPECT_EQ(HmacHex(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(HmacHex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HmacHex(std::string(20, '\xaa'), std::string(50, '\xdd')),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  std::string key;
  for (char byte = 1; byte <= 25; ++byte) key.push_back(byte);
  EXPECT_EQ(HmacHex(key, std::string(50, '\xcd')), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  EXPECT_EQ(HmacHex(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(HmacHex(std::string(131, '\xaa'),
                    "This is a test using a larger than block-size key and a larger than block-size data. The key "
                    "needs to be hashed before being used by the HMAC algorithm."),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(Hmac, ManyMessagesByOneKey) {
  HmacSha256 hmac("Jefe");
  const auto first = hmac.Of("what do ya want for nothing?");
  EXPECT_NE(hmac.Of("something else"), first);
  EXPECT_EQ(hmac.Of("what do ya want for nothing?"), first);
}

TEST(Hmac, AKeyMayHaveNoBytes) {
  EXPECT_EQ(HmacHex("", ""), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hmac, TheKeyOfTheNextMayBeADigest) {
  HmacSha256 first("a");
  const auto digest = first.Of("b");
  EXPECT_EQ(BytesOf(digest).size(), 32U);
  EXPECT_EQ(HmacHex(BytesOf(digest), "c"),
            HmacHex(std::string(reinterpret_cast<const char*>(digest.data()), digest.size()), "c"));
}

TEST(Sha1, HasThePublishedValues) {  // FIPS 180-4, and what AWS's tools name a file by
  EXPECT_EQ(Sha1Hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(Sha1Hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST(Hex, HasTwoDigitsForAByte) {
  const unsigned char bytes[] = {0, 0x0f, 0xa0, 0xff};
  EXPECT_EQ(LowerHex(bytes), "000fa0ff");
}

}  // namespace
}  // namespace lakeferry
