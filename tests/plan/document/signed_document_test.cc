#include "plan/document/signed_document.h"

#include <fmt/format.h>

#include "base/base64.h"
#include "base/digest.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;

constexpr std::string_view kBody = "{\"epoch\":1}\n";

class SignedDocument : public ::testing::Test {
 protected:
  [[nodiscard]] std::string Signed(DocumentKind kind, std::string_view body, const SigningKey& key) const {
    return std::string(body) + SignatureLine(kind, body, key);
  }
  // What the reader says who requires `trusted`.
  [[nodiscard]] Status Check(std::string_view text, const std::vector<PublicKey>& trusted,
                             DocumentKind kind = DocumentKind::kManifest) const {
    LF_TRY(const Document document, ReadDocument(text, "here"));
    return CheckSigned(kind, document, trusted, "here");
  }

  const SigningKey west_ = SigningKey::New();
  const SigningKey east_ = SigningKey::New();
  const std::string text_ = Signed(DocumentKind::kManifest, kBody, west_);
};

TEST_F(SignedDocument, OfATrustedKeyPasses) {
  const auto document = ReadDocument(text_, "here");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->body, kBody);
  EXPECT_TRUE(Check(text_, {east_.public_key(), west_.public_key()}));
}

TEST_F(SignedDocument, ItsDigestIsThatOfTheFirstLine) {
  EXPECT_EQ(DocumentDigest(text_), Sha256Hex(kBody));
  EXPECT_EQ(DocumentDigest(kBody), Sha256Hex(kBody));
  EXPECT_EQ(DocumentDigest("no line end"), Sha256Hex("no line end"));
}

TEST_F(SignedDocument, EveryForgeryIsRefused) {
  const std::vector<PublicKey> trusted{west_.public_key()};
  const std::string another = "{\"epoch\":2}\n";
  const std::string line = SignatureLine(DocumentKind::kManifest, kBody, west_);
  const std::string foreign = SignatureLine(DocumentKind::kManifest, kBody, east_);
  std::string renamed = foreign;  // the forger's signature under the trusted key's name
  renamed.replace(renamed.find("ed25519:"), west_.public_key().ToText().size(), west_.public_key().ToText());
  const std::pair<std::string, std::string> cases[] = {
      {std::string(kBody), "is not signed"},
      {std::string(kBody) + foreign, east_.public_key().ToText()},
      {another + line, "a trusted key, for other bytes"},
      {std::string(kBody) + renamed, "a trusted key, for other bytes"},
      {Signed(DocumentKind::kReceipt, kBody, west_), "a trusted key, for other bytes"},
  };
  for (const auto& [text, what] : cases)
    EXPECT_THAT(Check(text, trusted), FailedWith(ErrorCode::kRefused, what)) << text;
  EXPECT_THAT(Check(text_, trusted, DocumentKind::kReceipt),
              FailedWith(ErrorCode::kRefused, "the receipt is signed by none"));
}

TEST_F(SignedDocument, OneOfSeveralSignaturesIsEnough) {
  const std::string both = std::string(kBody) + SignatureLine(DocumentKind::kManifest, kBody, east_) +
                           SignatureLine(DocumentKind::kManifest, kBody, west_);
  EXPECT_TRUE(Check(both, {west_.public_key()}));
  EXPECT_TRUE(Check(both, {east_.public_key()}));
}

TEST_F(SignedDocument, AnyChangedByteIsNoticed) {
  for (size_t i = 0; i < text_.size(); ++i) {
    std::string changed = text_;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(Check(changed, {west_.public_key()})) << i;
  }
}

TEST_F(SignedDocument, WhatFollowsMustBeSignatures) {
  const std::string line = SignatureLine(DocumentKind::kManifest, kBody, west_);
  std::string many(kBody);
  for (int i = 0; i < 17; ++i) many += line;
  const std::string key = west_.public_key().ToText();
  for (const std::string& text :
       {many, std::string(kBody) + "\n", std::string(kBody) + "{}\n", std::string(kBody) + "rest", text_ + " ",
        fmt::format("{}{{\"signature\":{{\"key\":\"{}\",\"value\":\"*\"}}}}\n", kBody, key),
        fmt::format("{}{{\"signature\":{{\"key\":\"rsa:x\",\"value\":\"\"}}}}\n", kBody)}) {
    EXPECT_THAT(ReadDocument(text, "here"), FailedWith(ErrorCode::kCorruptLog, "here")) << text;
  }
}

}  // namespace
}  // namespace lakeferry::plan
