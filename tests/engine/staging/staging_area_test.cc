#include "engine/staging/staging_area.h"

#include "base/digest.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

class StagingAreaTest : public ::testing::Test {
 protected:
  World world_;
  StagingArea area_{std::shared_ptr<ObjectStore>(&world_.staging(), [](ObjectStore*) {}), plan::StagingOf(world_.spec),
                    world_.west};

  plan::Manifest Staged(int64_t epoch) {
    plan::Manifest manifest;
    manifest.group = "orders";
    manifest.epoch = Epoch(epoch);
    world_.staging().Set(area_.layout().Manifest(Epoch(epoch)).text(), plan::WriteManifest(manifest));
    return manifest;
  }
  plan::Receipt Answer(int64_t epoch, bool applied = true) {
    return plan::Receipt{.group = "orders", .epoch = Epoch(epoch), .manifest_sha256 = "m", .applied = applied};
  }
  std::vector<int64_t> After(int64_t epoch) {
    const auto epochs = world_.Run(area_.EpochsAfter({}, Epoch(epoch)));
    EXPECT_THAT(epochs, Succeeded());
    std::vector<int64_t> numbers;
    for (const Epoch found : epochs.value_or(std::vector<Epoch>())) numbers.push_back(found.value());
    return numbers;
  }
};

TEST_F(StagingAreaTest, EpochsAreCountedByTheirFolders) {
  Staged(1);
  Staged(2);
  Staged(11);
  world_.staging().Set("orders/epochs/notes/x", "not ours");
  world_.staging().Set("orders/epochs/readme", "not ours");
  EXPECT_THAT(After(0), ::testing::ElementsAre(1, 2, 11));
  EXPECT_THAT(After(2), ::testing::ElementsAre(11));
  EXPECT_THAT(After(11), ::testing::IsEmpty());
}

TEST_F(StagingAreaTest, EpochWithoutItsManifestIsNone) {
  Staged(1);
  world_.staging().Set(area_.layout().Part(Epoch(2), "p").text(), "{}");
  const auto staged = world_.Run(area_.Read({}, Epoch(1)));
  ASSERT_THAT(staged, Succeeded());
  ASSERT_TRUE(*staged);
  EXPECT_EQ((*staged)->manifest.epoch, Epoch(1));
  EXPECT_EQ((*staged)->sha256, Sha256Hex(plan::WriteManifest((*staged)->manifest)));
  const auto none = world_.Run(area_.Read({}, Epoch(2)));
  ASSERT_THAT(none, Succeeded());
  EXPECT_FALSE(*none);
}

TEST_F(StagingAreaTest, ManifestInAnotherEpochsPlaceIsRefused) {
  const std::string text = plan::WriteManifest(Staged(1));
  world_.staging().Set(area_.layout().Manifest(Epoch(2)).text(), text);
  EXPECT_THAT(world_.Run(area_.Read({}, Epoch(2))), FailedWith(ErrorCode::kCorruptLog, "that of epoch 1"));
}

// Whatever reads it: a group that was taken over is not worked on by whoever had it before.
TEST_F(StagingAreaTest, ManifestOfALaterGenerationIsRefusedAndOfAnEarlierNot) {
  plan::Manifest manifest = Staged(1);
  manifest.generation = Generation(2);
  world_.staging().Set(area_.layout().Manifest(Epoch(1)).text(), plan::WriteManifest(manifest));
  EXPECT_THAT(world_.Run(area_.Read({}, Epoch(1))), FailedWith(ErrorCode::kRefused, "of generation 2"));
  EXPECT_THAT(world_.Run(area_.ReadSound({}, Epoch(1))), FailedWith(ErrorCode::kRefused, "of generation 2"));
  EXPECT_THAT(world_.Run(area_.Look({}, Epoch(1))), FailedWith(ErrorCode::kRefused, "of generation 2"));
  manifest.generation = Generation(0);
  world_.staging().Set(area_.layout().Manifest(Epoch(1)).text(), plan::WriteManifest(manifest));
  EXPECT_THAT(world_.Run(area_.Read({}, Epoch(1))), Succeeded());
}

TEST_F(StagingAreaTest, ManifestThatIsNoneIsAnErrorWithItsPlace) {
  for (const char* text : {"", "{}\n", "no JSON"}) {
    world_.staging().Set(area_.layout().Manifest(Epoch(1)).text(), text);
    EXPECT_THAT(world_.Run(area_.Read({}, Epoch(1))),
                FailedWith(ErrorCode::kCorruptLog, area_.layout().Manifest(Epoch(1)).text()))
        << text;
  }
}

TEST_F(StagingAreaTest, PartWithOtherBytesIsCorrupt) {
  const plan::ManifestPart part{.sha256 = Sha256Hex("{}\n"), .bytes = 3, .lines = 1};
  plan::PartSink ignore;
  world_.staging().Set(area_.layout().Part(Epoch(1), part.sha256).text(), "[]\n");
  EXPECT_THAT(world_.Run(area_.ReadPart({}, Epoch(1), part, ignore)),
              FailedWith(ErrorCode::kCorruptData, "not the one it names"));
  world_.staging().Set(area_.layout().Part(Epoch(1), part.sha256).text(), "{}\n and more");
  EXPECT_THAT(world_.Run(area_.ReadPart({}, Epoch(1), part, ignore)), FailedWith(ErrorCode::kCorruptData, "bytes"));
}

TEST_F(StagingAreaTest, PartThatIsMissingIsDamageAsWell) {
  const plan::ManifestPart part{.sha256 = Sha256Hex("{}\n"), .bytes = 3, .lines = 1};
  plan::PartSink ignore;
  EXPECT_THAT(world_.Run(area_.ReadPart({}, Epoch(1), part, ignore)), FailedWith(ErrorCode::kCorruptData, part.sha256));
}

TEST_F(StagingAreaTest, ReceiptIsPutOnceAndAgainOnlyWithTheSameAnswer) {
  ASSERT_THAT(world_.Run(area_.PutReceipt({}, Answer(1))), Succeeded());
  plan::Receipt later = Answer(1);
  later.worked_ms = 99;
  EXPECT_THAT(world_.Run(area_.PutReceipt({}, later)), Succeeded());
  EXPECT_EQ(world_.ReceiptOf(1)->worked_ms, 0) << "the first stands";
  EXPECT_THAT(world_.Run(area_.PutReceipt({}, Answer(1, false))), FailedWith(ErrorCode::kRefused, "another receiver"));
}

// Nobody is told to delete what the store does not give.
TEST_F(StagingAreaTest, ReceiptThatTheStoreDoesNotGiveIsNotSaidToBeDamaged) {
  for (const ErrorCode code : {ErrorCode::kUnavailable, ErrorCode::kUnauthorized}) {
    world_.staging().set_hooks({.before_effect = [code](std::string, StoreOperation, ObjectPath) -> Task<Status> {
      co_return Fail(code, "not now");
    }});
    EXPECT_THAT(world_.Run(area_.ReadReceipt({}, Epoch(1))), FailedWith(code, "not now"));
  }
}

TEST_F(StagingAreaTest, ReceiptsComeInTheirOrder) {
  for (const int64_t epoch : {10, 2, 1}) ASSERT_THAT(world_.Run(area_.PutReceipt({}, Answer(epoch))), Succeeded());
  const auto answered = world_.Run(area_.AnsweredAfter({}, Epoch(1)));
  ASSERT_THAT(answered, Succeeded());
  EXPECT_THAT(*answered, ::testing::ElementsAre(Epoch(2), Epoch(10)));
}

TEST_F(StagingAreaTest, ReceiptInAnotherEpochsPlaceIsRefused) {
  world_.staging().Set(area_.layout().Receipt(Epoch(2)).text(), plan::WriteReceipt(Answer(1)));
  EXPECT_THAT(world_.Run(area_.ReadReceipt({}, Epoch(2))), FailedWith(ErrorCode::kCorruptLog, "that of epoch 1"));
}

TEST_F(StagingAreaTest, ManifestAndReceiptOfAnotherGroupAreRefused) {
  plan::Manifest manifest = Staged(1);
  manifest.group = "others";
  world_.staging().Set(area_.layout().Manifest(Epoch(1)).text(), plan::WriteManifest(manifest));
  EXPECT_THAT(world_.Run(area_.Read({}, Epoch(1))), FailedWith(ErrorCode::kCorruptLog, "of group 'others'"));
  plan::Receipt receipt = Answer(1);
  receipt.group = "others";
  world_.staging().Set(area_.layout().Receipt(Epoch(1)).text(), plan::WriteReceipt(receipt));
  EXPECT_THAT(world_.Run(area_.ReadReceipt({}, Epoch(1))), FailedWith(ErrorCode::kCorruptLog, "of group 'others'"));
}

}  // namespace
}  // namespace lakeferry::engine
