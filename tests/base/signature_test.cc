#include "base/signature.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace lakeferry {
namespace {

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// PKCS #8 of a raw private key (RFC 8410 section 7).
Secret PemOf(std::string_view raw_hex) {
  const std::string der = FromHex("302e020100300506032b657004220420") + FromHex(raw_hex);
  return Secret("-----BEGIN PRIVATE KEY-----\n" + ToBase64(der) + "\n-----END PRIVATE KEY-----\n");
}

TEST(Signature, HasThePublishedValues) {  // RFC 8032 section 7.1, test 3
  const auto key = SigningKey::FromPem(PemOf("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"));
  ASSERT_TRUE(key);
  const std::string message = FromHex("af82");
  EXPECT_EQ(key->Sign(message), FromHex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                                        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"));
  const std::string raw = FromHex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  EXPECT_EQ(key->public_key().ToText(), "ed25519:" + ToBase64(raw));
  EXPECT_TRUE(key->public_key().Verifies(message, key->Sign(message)));
}

TEST(Signature, OfAnotherMessageOrKeyOrChangedIsNone) {
  const SigningKey key = SigningKey::New();
  const std::string signature = key.Sign("message");
  EXPECT_TRUE(key.public_key().Verifies("message", signature));
  EXPECT_FALSE(key.public_key().Verifies("messagf", signature));
  EXPECT_FALSE(key.public_key().Verifies("message", ""));
  EXPECT_FALSE(key.public_key().Verifies("message", signature + "x"));
  EXPECT_FALSE(SigningKey::New().public_key().Verifies("message", signature));
  for (size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(key.public_key().Verifies("message", changed)) << i;
  }
}

TEST(Signature, AKeyGoesThroughPemAndText) {
  const SigningKey key = SigningKey::New();
  const auto again = SigningKey::FromPem(key.ToPem());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->public_key(), key.public_key());
  EXPECT_EQ(again->Sign("x"), key.Sign("x"));
  EXPECT_EQ(PublicKey::FromText(key.public_key().ToText()), key.public_key());
}

TEST(Signature, RefusesWhatIsNoKey) {
  const std::string text = SigningKey::New().public_key().ToText();
  for (const std::string& bad : {std::string(), std::string("ed25519:"), text.substr(8), text + "=", text.substr(0, 40),
                                 "ED25519:" + text.substr(8), "ed25519:" + ToBase64(std::string(33, 'x'))}) {
    EXPECT_FALSE(PublicKey::FromText(bad)) << bad;
  }
  constexpr std::string_view kEncrypted =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAk\n-----END ENCRYPTED PRIVATE "
      "KEY-----\n";
  for (const std::string& bad : {std::string(), std::string("secret words"), std::string(kEncrypted)}) {
    const auto key = SigningKey::FromPem(Secret(std::string(bad)));
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(key.error().message.find("secret words"), std::string::npos);
  }
}

TEST(Signature, RefusesAKeyOfAnotherKind) {
  // X25519, RFC 8410: for agreeing on keys, not for signing.
  const std::string der = FromHex("302e020100300506032b656e04220420") + std::string(32, 'k');
  const Secret pem("-----BEGIN PRIVATE KEY-----\n" + ToBase64(der) + "\n-----END PRIVATE KEY-----\n");
  EXPECT_FALSE(SigningKey::FromPem(pem));
}

}  // namespace
}  // namespace lakeferry
