// Staging that others can write: what nobody trusted has signed is neither applied nor believed, whoever put it there,
// and nothing is lost by it.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/crc64.h"
#include "plan/document/signed_document.h"
#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using plan::DocumentKind;
using ::testing::Contains;
using ::testing::Not;

class SignedStaging : public GroupReceiverTest {
 protected:
  SignedStaging() { Trust({west_.public_key(), east_.public_key()}); }

  // Workers are made anew with it.
  void Trust(std::vector<PublicKey> keys) {
    world_.spec.keys.trusted = std::move(keys);
    world_.Restart();
  }
  Result<PassResult> Send(const SigningKey* key) {
    Use(key);
    return world_.Send();
  }
  Result<PassResult> Receive(const SigningKey* key) {
    Use(key);
    return world_.Receive();
  }
  Result<PassResult> Send() { return Send(&west_); }
  Result<PassResult> Receive() { return Receive(&east_); }
  void FirstEpoch() {
    world_.CreateAll();
    EXPECT_THAT(Send(), Succeeded());
    EXPECT_THAT(Receive(), Succeeded());
    ExpectAllSame();
  }
  void StageSecond() {
    FirstEpoch();
    world_.AppendAll("r1", "f1");
    ASSERT_THAT(Send(), Succeeded());
  }
  static std::string NameOf(DocumentKind kind, int64_t epoch) {
    const plan::StagingLayout layout("orders");
    return (kind == DocumentKind::kManifest ? layout.Manifest(Epoch(epoch)) : layout.Receipt(Epoch(epoch))).text();
  }
  std::string Read(DocumentKind kind, int64_t epoch) { return world_.Text(world_.staging(), NameOf(kind, epoch)); }
  void Put(DocumentKind kind, int64_t epoch, const std::string& text) {
    world_.staging().Set(NameOf(kind, epoch), text);
  }
  static std::string Signed(DocumentKind kind, const std::string& body, const SigningKey& key) {
    return body + plan::SignatureLine(kind, body, key);
  }
  // The receiver takes nothing, and does once the true manifest is back.
  void ExpectNotTaken(int64_t epoch, const std::string& forged, const std::string& said) {
    const std::string genuine = Read(DocumentKind::kManifest, epoch);
    const auto before = Targets();
    Put(DocumentKind::kManifest, epoch, forged);
    world_.Restart();
    EXPECT_THAT(Receive(), FailedWith(ErrorCode::kRefused, said)) << forged;
    EXPECT_EQ(Targets(), before);
    EXPECT_FALSE(world_.ReceiptOf(epoch));
    Put(DocumentKind::kManifest, epoch, genuine);
  }

  const SigningKey west_ = SigningKey::New();
  const SigningKey east_ = SigningKey::New();
  const SigningKey forger_ = SigningKey::New();

 private:
  void Use(const SigningKey* key) {
    world_.spec.keys.own = nullptr;
    if (key != nullptr) world_.spec.keys.own = [key = *key]() -> Result<SigningKey> { return key; };
    world_.Restart();
  }
};

TEST_F(SignedStaging, BothSidesSignAndTakeWhatTheOtherSigned) {
  StageSecond();
  EXPECT_THAT(Receive(), Succeeded());
  ExpectAllSame();
  EXPECT_THAT(Send(), Succeeded());
  EXPECT_TRUE(world_.Staged("orders/data/").empty()) << "the receipt counts, and the data is released";
  for (const auto kind : {DocumentKind::kManifest, DocumentKind::kReceipt}) {
    const std::string text = Read(kind, 2);
    const auto document = plan::ReadDocument(text, "here");
    ASSERT_THAT(document, Succeeded());
    const SigningKey& writer = kind == DocumentKind::kManifest ? west_ : east_;
    EXPECT_THAT(plan::CheckSigned(kind, *document, {writer.public_key()}, "here"), Succeeded());
  }
}

// Somebody may have left pieces of a copy whose CRC-64 is right.
TEST_F(SignedStaging, CopiesGoOnWithNothingThatIsLeft) {
  FirstEpoch();
  EXPECT_EQ(world_.target().resuming_copies(), 0);
  World unsigned_world;
  unsigned_world.FirstEpoch();
  EXPECT_GT(unsigned_world.target().resuming_copies(), 0);
}

TEST_F(SignedStaging, AForgedManifestIsNotTaken) {
  StageSecond();
  const std::string genuine = Read(DocumentKind::kManifest, 2);
  const std::string body = genuine.substr(0, genuine.find('\n') + 1);
  std::string edited = genuine;
  edited.replace(edited.find("\"atomic\":true"), 13, "\"atomic\":null");
  ExpectNotTaken(2, body, "is not signed");
  ExpectNotTaken(2, genuine + "rest", "no signature");
  ExpectNotTaken(2, Signed(DocumentKind::kManifest, body, forger_), forger_.public_key().ToText());
  ExpectNotTaken(2, Signed(DocumentKind::kReceipt, body, west_), "for other bytes");
  ExpectNotTaken(2, edited, "for other bytes");
  world_.Restart();
  EXPECT_THAT(Receive(), Succeeded());
  ExpectAllSame();
}

// The signature is good, and the document is not for here.
TEST_F(SignedStaging, AManifestOfAnotherEpochGroupOrPlaceIsNotTaken) {
  StageSecond();
  const std::string genuine = Read(DocumentKind::kManifest, 2);
  Put(DocumentKind::kManifest, 2, Read(DocumentKind::kManifest, 1));
  EXPECT_THAT(Receive(), FailedWith(ErrorCode::kCorruptLog, "is that of epoch 1"));
  plan::Manifest other = world_.ManifestOf(1);
  other.epoch = Epoch(2);
  other.group = "others";
  Put(DocumentKind::kManifest, 2, Signed(DocumentKind::kManifest, plan::WriteManifest(other), west_));
  EXPECT_THAT(Receive(), FailedWith(ErrorCode::kCorruptLog, "of group 'others'"));
  other.group = "orders";
  other.staging = "mem://elsewhere";
  ExpectNotTaken(2, Signed(DocumentKind::kManifest, plan::WriteManifest(other), west_), "'mem://elsewhere'");
  Put(DocumentKind::kManifest, 2, genuine);
  EXPECT_THAT(Receive(), Succeeded());
}

// Epoch 3 in the place of epoch 2: signed, of this group, and not what follows.
TEST_F(SignedStaging, ManifestsThatWereReorderedAreNotTaken) {
  StageSecond();
  world_.AppendAll("r2", "f2");
  ASSERT_THAT(Send(), Succeeded());
  world_.staging().objects().erase(NameOf(DocumentKind::kManifest, 2));
  EXPECT_THAT(Receive(), FailedWith(ErrorCode::kRefused, "epoch 3 follows epoch 2"));
}

TEST_F(SignedStaging, AForgedReceiptReleasesNothing) {
  StageSecond();
  plan::Receipt receipt = *world_.ReceiptOf(1);
  receipt.epoch = Epoch(2);
  receipt.manifest_sha256 = plan::DocumentDigest(Read(DocumentKind::kManifest, 2));
  const std::string body = plan::WriteReceipt(receipt);
  const auto data = world_.Staged("orders/data/");
  ASSERT_FALSE(data.empty());
  for (const std::string& forged :
       {body, Signed(DocumentKind::kReceipt, body, forger_), Signed(DocumentKind::kManifest, body, east_)}) {
    Put(DocumentKind::kReceipt, 2, forged);
    EXPECT_THAT(Send(), FailedWith(ErrorCode::kRefused, "the receipt is")) << forged;
    EXPECT_THAT(Receive(), FailedWith(ErrorCode::kRefused, "the receipt is")) << forged;
    EXPECT_EQ(world_.Staged("orders/data/"), data);
  }
  Put(DocumentKind::kReceipt, 2, Read(DocumentKind::kReceipt, 1));
  EXPECT_THAT(Send(), FailedWith(ErrorCode::kCorruptLog, "is that of epoch 1"));
  EXPECT_EQ(world_.Staged("orders/data/"), data);
  world_.staging().objects().erase(NameOf(DocumentKind::kReceipt, 2));
  EXPECT_THAT(Receive(), Succeeded());
  ExpectAllSame();
}

// The sender builds upon the newest manifest there is: one that it did not write must not be it.
TEST_F(SignedStaging, ASenderBuildsUponNoForgedManifest) {
  StageSecond();
  const std::string genuine = Read(DocumentKind::kManifest, 2);
  Put(DocumentKind::kManifest, 2, genuine.substr(0, genuine.find('\n') + 1));
  world_.AppendAll("r2", "f2");
  EXPECT_THAT(Send(), FailedWith(ErrorCode::kRefused, "is not signed"));
  EXPECT_TRUE(world_.Staged("orders/epochs/00000000000000000003").empty());
}

// Turns bytes into others of the same size and CRC-64: what is added is the code's own polynomial.
std::string Forged(std::string bytes) {
  constexpr std::array<uint8_t, 9> kPolynomial = {0x6b, 0x93, 0x97, 0x58, 0x53, 0x26, 0xd9, 0x34, 0x01};
  const uint64_t before = Crc64Of(bytes);
  EXPECT_GE(bytes.size(), kPolynomial.size());
  for (size_t i = 0; i < kPolynomial.size(); ++i) bytes[i] = static_cast<char>(bytes[i] ^ kPolynomial[i]);
  EXPECT_EQ(Crc64Of(bytes), before);
  return bytes;
}

struct ForgedObject {
  delta::ReplicationMode mode;
  std::string_view name;  // how that of the staged object ends
};

class ForgedObjects : public SignedStaging, public ::testing::WithParamInterface<ForgedObject> {
 protected:
  ForgedObjects() {
    world_.spec.mode = GetParam().mode;
    world_.Restart();
  }
};

TEST_P(ForgedObjects, OfTheSizeAndChecksumOfTheTrueOneIsRefusedAndComesAgain) {
  StageSecond();
  for (auto& [path, object] : world_.staging().objects()) {
    if (path.starts_with("orders/data/") && path.ends_with(GetParam().name)) {
      object.bytes = std::make_shared<const std::string>(Forged(*object.bytes));
    }
  }
  EXPECT_THAT(Receive(), FailedWith(ErrorCode::kCorruptData, "its SHA-256 is not"));
  for (const auto* table : {"a", "b"}) EXPECT_THAT(world_.Live(world_.target(table)), Not(Contains("f1")));
  EXPECT_THAT(Send(), Succeeded());
  EXPECT_THAT(Receive(), Succeeded());
  ExpectAllSame();
}

INSTANTIATE_TEST_SUITE_P(Kinds, ForgedObjects,
                         ::testing::Values(ForgedObject{.mode = delta::ReplicationMode::kClone, .name = "/f1"},
                                           ForgedObject{.mode = delta::ReplicationMode::kMirror, .name = "/f1"},
                                           ForgedObject{.mode = delta::ReplicationMode::kMirror, .name = "2.json"}));

TEST_F(SignedStaging, PartsThatBindObjectsByAChecksumAloneAreRefusedAndComeAgain) {
  FirstEpoch();
  const std::vector<PublicKey> keys = world_.spec.keys.trusted;
  world_.AppendAll("r1", "f1");
  Trust({});
  ASSERT_THAT(Send(nullptr), Succeeded());
  Trust(keys);
  Put(DocumentKind::kManifest, 2, Signed(DocumentKind::kManifest, Read(DocumentKind::kManifest, 2), west_));
  EXPECT_THAT(Receive(), FailedWith(ErrorCode::kCorruptData, "has no SHA-256"));
  EXPECT_THAT(Send(), Succeeded());
  EXPECT_THAT(Receive(), Succeeded());
  ExpectAllSame();
}

TEST_F(SignedStaging, KeysFollowEachOther) {
  FirstEpoch();
  const SigningKey next = SigningKey::New();
  Trust({west_.public_key(), next.public_key(), east_.public_key()});
  world_.AppendAll("r1", "f1");
  EXPECT_THAT(Send(&next), Succeeded());
  EXPECT_THAT(Receive(), Succeeded());
  ExpectAllSame();
  Trust({next.public_key(), east_.public_key()});
  EXPECT_THAT(Receive(), Succeeded()) << "what it reads in passing is of the new key";
  EXPECT_THAT(Send(), FailedWith(ErrorCode::kRefused, "is signed by none of trusted_keys"))
      << "epoch 1 is of the old one";
}

// Also of what was believed and answered before; who takes a key away lets the other sign what it wrote before.
TEST_F(SignedStaging, WhatWasAnsweredIsNotBelievedOnceItsKeyIsTrustedNoMore) {
  FirstEpoch();
  const SigningKey next = SigningKey::New();
  Trust({next.public_key(), east_.public_key()});
  const auto before = Targets();
  EXPECT_THAT(Receive(), FailedWith(ErrorCode::kRefused, "is signed by none of trusted_keys"));
  const std::string genuine = Read(DocumentKind::kManifest, 1);
  const std::string body = genuine.substr(0, genuine.find('\n') + 1);
  Put(DocumentKind::kManifest, 1, Signed(DocumentKind::kManifest, body, next));
  EXPECT_THAT(Receive(), Succeeded());
  EXPECT_EQ(Targets(), before);
}

TEST_F(SignedStaging, ASideThatSignsWithAKeyNobodyTrustsPutsNothing) {
  FirstEpoch();
  world_.AppendAll("r1", "f1");
  EXPECT_THAT(Send(&forger_), FailedWith(ErrorCode::kRefused, "trusted_keys lacks"));
  EXPECT_THAT(Send(nullptr), FailedWith(ErrorCode::kRefused, "signing_key is not"));
  EXPECT_TRUE(world_.Staged("orders/epochs/00000000000000000002/manifest").empty());
  EXPECT_THAT(Send(), Succeeded());
}

TEST_F(SignedStaging, AKeyThatCannotBeReadStopsThePublishingAlone) {
  FirstEpoch();
  EXPECT_THAT(Send(), Succeeded());
  world_.AppendAll("r1", "f1");
  world_.spec.keys.own = []() -> Result<SigningKey> { return Fail(ErrorCode::kInvalidArgument, "no such key"); };
  world_.Restart();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kInvalidArgument, "no such key"));
  EXPECT_THAT(Send(), Succeeded());
}

TEST_F(SignedStaging, WithoutTrustedKeysSignaturesAreNotLookedAt) {
  Trust({});
  StageSecond();
  const std::string text = Read(DocumentKind::kManifest, 2);
  Put(DocumentKind::kManifest, 2, text.substr(0, text.find('\n') + 1));
  EXPECT_THAT(Receive(nullptr), Succeeded());
  ExpectAllSame();
}

}  // namespace
}  // namespace lakeferry::engine
