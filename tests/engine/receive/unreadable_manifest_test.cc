// A manifest that nobody can read is refused by the digest of its bytes, and the sender goes on behind it: whatever
// the roles remember, and however often it happens.
#include "plan/document/document_sizes.h"
#include "plan/document/signed_document.h"
#include "tests/engine/receive/receiver_fixture.h"
#include "tests/support/slow_build.h"

namespace lakeferry::engine {
namespace {

using ::testing::HasSubstr;

class UnreadableManifest : public GroupReceiverTest {
 protected:
  static std::string NameOf(int64_t epoch) { return plan::StagingLayout("orders").Manifest(Epoch(epoch)).text(); }
  void Damage(int64_t epoch, const std::string& bytes = "{\"format\":2}") {
    world_.staging().Set(NameOf(epoch), bytes);
  }
  // Epoch 2 is staged and its manifest damaged.
  void StageDamaged() {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    ExpectSent(2);
    Damage(2);
  }
  void ExpectRefused(int64_t epoch) {
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "cannot be read"));
    NoteFailure();
    const auto receipt = world_.ReceiptOf(epoch);
    ASSERT_TRUE(receipt);
    EXPECT_FALSE(receipt->applied);
    EXPECT_EQ(receipt->manifest_sha256, plan::DocumentDigest(world_.Text(world_.staging(), NameOf(epoch))));
  }
  void ForgetAll() {
    world_.east_state.Clear();
    world_.west_state.Clear();
    world_.Restart();
  }
};

TEST_F(UnreadableManifest, IsRefusedAndTheChangeStagedAgain) {
  StageDamaged();
  ExpectRefused(2);
  EXPECT_THAT(world_.ReceiptOf(2)->reason, HasSubstr("the manifest of epoch 2 cannot be read"));
  ASSERT_EQ(Records().size(), 2U);
  EXPECT_EQ(Records()[0].state, EpochState::kRefused);
  ExpectSent(3);
  EXPECT_EQ(world_.ManifestOf(3).base_epoch, Epoch(1));
  ExpectReceived(3);
  ExpectAllSame();
}

// Somebody has damaged it since: what was applied is not known any more.
TEST_F(UnreadableManifest, ThatWasAppliedIsNoEpochToLearnFrom) {
  StageDamaged();
  ExpectRefused(2);
  plan::Receipt receipt = *world_.ReceiptOf(2);
  receipt.applied = true;
  world_.staging().Set(plan::StagingLayout("orders").Receipt(Epoch(2)).text(), plan::WriteReceipt(receipt));
  ForgetAll();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptLog, "00000000000000000002/manifest"));
  EXPECT_FALSE(world_.Send());
}

// Nor one before the newest, which the tables bear out.
TEST_F(UnreadableManifest, ThatWasAppliedBeforeTheNewestIsNoEpochToLearnFromEither) {
  world_.FirstEpoch();
  for (const int64_t epoch : {2, 3}) {
    world_.AppendAll("r" + std::to_string(epoch), "f" + std::to_string(epoch));
    ExpectSent(epoch);
    ExpectReceived(epoch);
  }
  Damage(2);
  plan::Receipt receipt = *world_.ReceiptOf(2);
  receipt.manifest_sha256 = plan::DocumentDigest(world_.Text(world_.staging(), NameOf(2)));
  world_.staging().Set(plan::StagingLayout("orders").Receipt(Epoch(2)).text(), plan::WriteReceipt(receipt));
  world_.east_state.Clear();
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptLog, "00000000000000000002/manifest"));
}

// The refusal is of other bytes: these may be what passes, or is mended.
TEST_F(UnreadableManifest, ThatIsDamagedOtherwiseSinceItsRefusalIsNotRefusedYet) {
  StageDamaged();
  ExpectRefused(2);
  Damage(2, "[]");
  world_.Restart();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kCorruptData, "has not refused it yet"));
}

TEST_F(UnreadableManifest, BehindItTheEpochBeforeSaysWhetherTheGroupIsTheSame) {
  StageDamaged();
  ExpectRefused(2);
  world_.spec.mode = delta::ReplicationMode::kMirror;
  world_.Restart();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kRefused, "mode"));
}

TEST_F(UnreadableManifest, IsPassedByARestartedSenderToo) {
  StageDamaged();
  world_.Restart();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kCorruptData, "has not refused it yet")) << "nobody else decides";
  ExpectRefused(2);
  world_.Restart();
  ExpectSent(3);
  ExpectReceived(3);
  ExpectAllSame();
}

TEST_F(UnreadableManifest, IsKnownByItsReceiptWhereNothingIsRemembered) {
  StageDamaged();
  ExpectRefused(2);
  ForgetAll();
  ExpectSent(3);
  ExpectReceived(3);
  ExpectAllSame();
  ForgetAll();
  world_.AppendAll("r2", "f2");
  ExpectSent(4);
  ExpectReceived(4);
  ExpectAllSame();
}

TEST_F(UnreadableManifest, OfTheFirstEpochIsRefusedToo) {
  world_.CreateAll();
  ExpectSent(1);
  Damage(1, "");
  ExpectRefused(1);
  ExpectSent(2);
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(UnreadableManifest, MayComeTwiceInARow) {
  StageDamaged();
  ExpectRefused(2);
  ExpectSent(3);
  Damage(3, "[]");
  ExpectRefused(3);
  world_.Restart();
  ExpectSent(4);
  ExpectReceived(4);
  ExpectAllSame();
}

TEST_F(UnreadableManifest, IsNotRefusedBehindAHole) {
  StageDamaged();
  world_.staging().Set(NameOf(4), "{}");
  world_.staging().objects().erase(NameOf(2));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "a manifest in between is missing"));
  EXPECT_FALSE(world_.ReceiptOf(4));
}

TEST_F(UnreadableManifest, OfANewerFormatWaitsForAnUpgrade) {
  StageDamaged();
  Damage(2, R"({"format":3,"anything":"else"})");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnsupportedTable, "manifest format 3"));
  EXPECT_FALSE(world_.ReceiptOf(2));
}

// Of what is longer than any manifest no more is read than tells that, and by that much it is refused.
TEST_F(UnreadableManifest, LongerThanAnyIsRefusedByItsBegin) {
  StageDamaged();
  const std::string whole = "{\"format\":2," + std::string(plan::kManifestBytesMax, ' ') + "}";
  Damage(2, whole);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "cannot be read"));
  NoteFailure();
  ASSERT_TRUE(world_.ReceiptOf(2));
  EXPECT_THAT(world_.ReceiptOf(2)->reason, HasSubstr("more than 8388608 bytes"));
  EXPECT_EQ(world_.ReceiptOf(2)->manifest_sha256, plan::DocumentDigest(whole.substr(0, plan::kManifestBytesMax + 1)));
  world_.Restart();
  ExpectSent(3);
  ExpectReceived(3);
  ExpectAllSame();
}

// It is no manifest, though it begins with one, and with its digest.
TEST_F(UnreadableManifest, SoundOneWithEndlessLinesBehindItIsRefused) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  Damage(2, world_.Text(world_.staging(), NameOf(2)) + std::string(plan::kManifestBytesMax, '\n'));
  ExpectRefused(2);
  ExpectSent(3);
  ExpectReceived(3);
  ExpectAllSame();
}

TEST_F(UnreadableManifest, PartOfASizeThatNoneHasIsNoneThatIsRead) {
  StageDamaged();
  plan::Manifest manifest = world_.ManifestOf(1);
  manifest.epoch = Epoch(2);
  manifest.tables[0].parts[0].bytes = static_cast<int64_t>(plan::kPartBytesMax) + 1;
  Damage(2, plan::WriteManifest(manifest));
  ExpectRefused(2);
  EXPECT_THAT(world_.ReceiptOf(2)->reason, HasSubstr("a part is said to have 16777217 bytes"));
  ExpectSent(3);
  ExpectReceived(3);
}

TEST_F(UnreadableManifest, ReceiptLongerThanAnyIsNamedUntilItIsDeleted) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  const std::string receipt = plan::StagingLayout("orders").Receipt(Epoch(2)).text();
  world_.staging().Set(receipt, std::string(plan::kReceiptBytesMax + 1, ' '));
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kCorruptData, "the receipt cannot be read"));
  EXPECT_FALSE(world_.Receive());
  NoteFailure();
  world_.staging().objects().erase(receipt);
  world_.Restart();
  ExpectReceived(2);
  ASSERT_THAT(world_.Send(), Succeeded());
  ExpectAllSame();
}

TEST_F(UnreadableManifest, LeavesNothingOfItsData) {
  StageDamaged();
  ExpectRefused(2);
  ExpectSent(3);
  ExpectReceived(3);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Staged("orders/data/"), ::testing::IsEmpty());
}

// A day, or under a sanitizer its first hours, in which most of what is staged at all is staged.
constexpr int kMinutes = kSlowBuild ? 5 * 60 : 24 * 60;

class RefusedAgain : public GroupReceiverTest {
 protected:
  // One look of each role, an interval apart; every copy of b's file is damaged on its way.
  void Look() {
    const auto sent = world_.Send();
    ASSERT_THAT(sent, Succeeded());
    held_ = sent->state == GroupState::kHeld;
    reason_ = sent->reason;
    if (sent->epoch) {
      ++staged_;
      for (auto& [name, object] : world_.staging().objects()) {
        if (name.starts_with("orders/data/") && name.ends_with("/f1"))
          object.bytes = std::make_shared<std::string>("x");
      }
      EXPECT_FALSE(world_.Receive());
      NoteFailure();
    }
    world_.clock.Advance(world_.spec.sync_interval);
  }
  int staged_ = 0;
  bool held_ = false;
  std::string reason_;
};

TEST_F(RefusedAgain, SameChangeIsStagedLessAndLessOften) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  for (int i = 0; i < kMinutes; ++i) Look();
  EXPECT_GE(staged_, 8);
  EXPECT_LE(staged_, 16) << "of one look a minute";
  EXPECT_TRUE(held_);
  EXPECT_THAT(reason_, HasSubstr("not what left"));
}

TEST_F(RefusedAgain, ChangeOfTheSourceIsStagedAtOnce) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  for (int i = 0; i < 60; ++i) Look();
  ASSERT_TRUE(held_);
  const auto refused = staged_;
  world_.AppendAll("r2", "f2");
  ExpectSent(2 + refused);
  ExpectReceived(2 + refused);
  ExpectAllSame();
}

}  // namespace
}  // namespace lakeferry::engine
