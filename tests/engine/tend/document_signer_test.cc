// Signing what stands in staging already: only what this side put, and so that the group goes on.
#include "engine/tend/document_signer.h"

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using plan::DocumentKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DocumentSignerTest : public GroupReceiverTest {
 protected:
  // Two epochs that nobody signed, the second one not answered.
  void SetUp() override {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    ExpectSent(2);
  }
  void Use(const SigningKey& key) {
    world_.spec.keys.own = [key]() -> Result<SigningKey> { return key; };
    world_.Restart();
  }
  void Trust(std::vector<PublicKey> keys) {
    world_.spec.keys.trusted = std::move(keys);
    world_.Restart();
  }
  Result<SignReport> Sign(Role role, const SigningKey& key) {
    Use(key);
    const DocumentSigner signer(role == Role::kSender ? world_.west : world_.east, world_.spec);
    return world_.Run(signer.Run({}, role));
  }
  [[nodiscard]] static std::string NameOf(DocumentKind kind, int64_t epoch) {
    const plan::StagingLayout layout("orders");
    return (kind == DocumentKind::kManifest ? layout.Manifest(Epoch(epoch)) : layout.Receipt(Epoch(epoch))).text();
  }
  // How many signatures the document has.
  size_t Signatures(DocumentKind kind, int64_t epoch) {
    const std::string text = world_.Text(world_.staging(), NameOf(kind, epoch));
    const auto document = plan::ReadDocument(text, "here");
    return document ? document->signatures.size() : 99;
  }

  const SigningKey west_ = SigningKey::New();
  const SigningKey east_ = SigningKey::New();
};

TEST_F(DocumentSignerTest, AGroupOlderThanItsKeysGoesOn) {
  const auto manifests = Sign(Role::kSender, west_);
  ASSERT_THAT(manifests, Succeeded());
  EXPECT_EQ(manifests->signed_now, 2);
  const auto receipts = Sign(Role::kReceiver, east_);
  ASSERT_THAT(receipts, Succeeded());
  EXPECT_EQ(receipts->signed_now, 1);
  Trust({west_.public_key(), east_.public_key()});
  Use(east_);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "has no SHA-256")) << "what was staged before";
  Use(west_);
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  Use(east_);
  ExpectReceived(3);
  ExpectAllSame();
}

TEST_F(DocumentSignerTest, SignsEachDocumentOnce) {
  ASSERT_THAT(Sign(Role::kSender, west_), Succeeded());
  const auto again = Sign(Role::kSender, west_);
  ASSERT_THAT(again, Succeeded());
  EXPECT_EQ(again->signed_now, 0);
  EXPECT_EQ(again->signed_before, 2);
  EXPECT_EQ(Signatures(DocumentKind::kManifest, 1), 1U);
}

TEST_F(DocumentSignerTest, SignaturesOfKeysThatAreTrustedStillStay) {
  ASSERT_THAT(Sign(Role::kSender, west_), Succeeded());
  const SigningKey next = SigningKey::New();
  Trust({west_.public_key(), next.public_key()});
  ASSERT_THAT(Sign(Role::kSender, next), Succeeded());
  EXPECT_EQ(Signatures(DocumentKind::kManifest, 1), 2U);
  const SigningKey third = SigningKey::New();
  Trust({third.public_key()});
  ASSERT_THAT(Sign(Role::kSender, third), Succeeded());
  EXPECT_EQ(Signatures(DocumentKind::kManifest, 1), 1U);
}

TEST_F(DocumentSignerTest, SignsNothingThatThisSideDidNotPut) {
  plan::Manifest other = world_.ManifestOf(2);
  other.run_ids = {"forged"};
  const std::string manifest = NameOf(DocumentKind::kManifest, 2);
  world_.staging().Set(manifest, plan::WriteManifest(other));
  plan::Receipt receipt = *world_.ReceiptOf(1);
  receipt.applied = false;
  const std::string answer = NameOf(DocumentKind::kReceipt, 1);
  world_.staging().Set(answer, plan::WriteReceipt(receipt));
  const auto manifests = Sign(Role::kSender, west_);
  ASSERT_THAT(manifests, Succeeded());
  EXPECT_EQ(manifests->signed_now, 1);
  EXPECT_THAT(manifests->strange, ElementsAre(manifest));
  EXPECT_EQ(Signatures(DocumentKind::kManifest, 2), 0U);
  const auto receipts = Sign(Role::kReceiver, east_);
  ASSERT_THAT(receipts, Succeeded());
  EXPECT_EQ(receipts->signed_now, 0);
  EXPECT_THAT(receipts->strange, ElementsAre(answer));
}

TEST_F(DocumentSignerTest, ADocumentThatIsGoneIsPassedOver) {
  world_.staging().objects().erase(NameOf(DocumentKind::kManifest, 1));
  const auto manifests = Sign(Role::kSender, west_);
  ASSERT_THAT(manifests, Succeeded());
  EXPECT_EQ(manifests->signed_now, 1);
  EXPECT_THAT(manifests->strange, IsEmpty());
}

TEST_F(DocumentSignerTest, AStoreThatFailsIsAnErrorAndNoDocumentThatIsGone) {
  world_.staging().set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kGet) co_return Fail(ErrorCode::kUnavailable, "away");
    co_return Status{};
  }});
  EXPECT_THAT(Sign(Role::kSender, west_), FailedWith(ErrorCode::kUnavailable, "away"));
}

TEST_F(DocumentSignerTest, NeedsAKey) {
  const DocumentSigner signer(world_.west, world_.spec);
  EXPECT_THAT(world_.Run(signer.Run({}, Role::kSender)), FailedWith(ErrorCode::kInvalidArgument, "no signing_key"));
  world_.spec.keys.own = []() -> Result<SigningKey> { return Fail(ErrorCode::kInvalidArgument, "no such file"); };
  EXPECT_THAT(world_.Run(signer.Run({}, Role::kSender)), FailedWith(ErrorCode::kInvalidArgument, "no such file"));
}

}  // namespace
}  // namespace lakeferry::engine
