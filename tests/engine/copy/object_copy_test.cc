#include "engine/copy/object_copy.h"

#include "base/digest.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

class ObjectCopyTest : public ::testing::Test {
 protected:
  ObjectCopyTest() { from_.Set("a", "some bytes"); }
  Result<Copied> Copy(Expected expected = {}, std::optional<TimeMs> modified = {}) {
    return world_.Run(CopyObject(from_, ObjectPath::Of("a"), to_, ObjectPath::Of("x/b"), expected, 3, modified));
  }
  Result<Copied> CopyWithTime() { return Copy({}, kTime); }
  void RefuseTimes(ErrorCode code) {
    to_.set_hooks({.before_effect = [code](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
      if (at == StoreOperation::kSetModified) co_return Fail(code, "no times today");
      co_return Status{};
    }});
  }
  TimeMs TargetTime() { return to_.objects().at("x/b").modified; }
  Result<PutOutcome> Put(std::string bytes) {
    return world_.Run(PutSettled(to_, ObjectPath::Of("x/b"), std::move(bytes)));
  }
  // The answer of one kind of write is lost; `happens` says whether the write itself is.
  void LoseAnswers(StoreOperation operation, bool happens) {
    auto lose = [operation](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
      if (at == operation) co_return Fail(ErrorCode::kOutcomeUnknown, "lost");
      co_return Status{};
    };
    to_.set_hooks(happens ? MemoryStoreHooks{.after_effect = lose} : MemoryStoreHooks{.before_effect = lose});
  }
  std::string Target() { return world_.Text(to_, "x/b"); }

  static constexpr TimeMs kTime = FromEpochMs(1'600'000'000'123);
  World world_;
  MemoryStore& from_ = world_.stores.At("mem://from");
  MemoryStore& to_ = world_.stores.At("mem://to");
};

TEST_F(ObjectCopyTest, CopiesAndTellsWhatItRead) {
  const auto copied = Copy();
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(copied->outcome, PutOutcome::kCreated);
  EXPECT_EQ(copied->digest.size, 10);
  EXPECT_EQ(Target(), "some bytes");
  const auto digest = world_.Run(DigestOf(to_, ObjectPath::Of("x/b"), 4, Hashing::kCrc64));
  ASSERT_THAT(digest, Succeeded());
  EXPECT_EQ(*digest, copied->digest);
}

TEST_F(ObjectCopyTest, TellsTheSha256WhereItIsAskedFor) {
  EXPECT_EQ(Copy()->digest.sha256, "");
  to_.objects().clear();
  EXPECT_EQ(Copy({.hashing = Hashing::kSha256})->digest.sha256, Sha256Hex("some bytes"));
  const auto digest = world_.Run(DigestOf(to_, ObjectPath::Of("x/b"), 4, Hashing::kSha256));
  ASSERT_THAT(digest, Succeeded());
  EXPECT_EQ(digest->sha256, Sha256Hex("some bytes"));
}

TEST_F(ObjectCopyTest, CopiesAnEmptyObject) {
  from_.Set("a", "");
  const auto copied = Copy({.size = 0});
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(Target(), "");
  EXPECT_EQ(copied->digest, ObjectDigest{});
}

TEST_F(ObjectCopyTest, LeavesAnObjectThatIsThere) {
  to_.Set("x/b", "other");
  const auto copied = Copy();
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(copied->outcome, PutOutcome::kExisted);
  EXPECT_EQ(Target(), "other");
}

TEST_F(ObjectCopyTest, WrongSizeOrChecksumLeavesNoTarget) {
  EXPECT_THAT(Copy({.size = 9}), FailedWith(ErrorCode::kCorruptData, "10 bytes where 9"));
  EXPECT_THAT(Copy({.crc64 = 1}), FailedWith(ErrorCode::kCorruptData, "CRC-64"));
  EXPECT_THAT(Copy({.sha256 = "00", .hashing = Hashing::kSha256}), FailedWith(ErrorCode::kCorruptData, "SHA-256"));
  EXPECT_EQ(Target(), "(missing)");
}

TEST_F(ObjectCopyTest, WhatIsAsExpectedIsCopied) {
  const std::string bytes = "some bytes";
  const Expected expected{.size = 10, .crc64 = Crc64Of(bytes), .sha256 = Sha256Hex(bytes), .hashing = Hashing::kSha256};
  ASSERT_THAT(Copy(expected), Succeeded());
  EXPECT_EQ(Target(), bytes);
}

TEST_F(ObjectCopyTest, MissingSourceIsNotFound) {
  from_.objects().clear();
  EXPECT_THAT(Copy(), FailedWith(ErrorCode::kNotFound, "a"));
  const auto digest = world_.Run(DigestOf(from_, ObjectPath::Of("a"), 4, Hashing::kCrc64));
  EXPECT_THAT(digest, FailedWith(ErrorCode::kNotFound, "a"));
}

TEST_F(ObjectCopyTest, LostAnswerWithOurBytesThereCountsAsCreated) {
  LoseAnswers(StoreOperation::kCommit, true);
  const auto copied = Copy();
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(copied->outcome, PutOutcome::kCreated);
}

TEST_F(ObjectCopyTest, LostAnswerWithNothingThereIsToBeTriedAgain) {
  LoseAnswers(StoreOperation::kCommit, false);
  EXPECT_THAT(Copy(), FailedWith(ErrorCode::kUnavailable, "x/b"));
}

TEST_F(ObjectCopyTest, LostAnswerWithOtherBytesThereIsAnObjectOfSomebodyElse) {
  to_.Set("x/b", "other");
  LoseAnswers(StoreOperation::kCommit, false);
  const auto copied = Copy();
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(copied->outcome, PutOutcome::kExisted);
}

// The fault would be taken for one of what was copied, and the epoch refused for it.
TEST_F(ObjectCopyTest, LostAnswerWhoseObjectCannotBeReadBackIsToBeTriedAgain) {
  to_.set_hooks({.after_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kCommit) co_return Fail(ErrorCode::kOutcomeUnknown, "lost");
    if (at == StoreOperation::kRead) co_return Fail(ErrorCode::kCorruptData, "it changes while it is read");
    co_return Status{};
  }});
  EXPECT_THAT(Copy(), FailedWith(ErrorCode::kUnavailable, "cannot be read back"));
}

TEST_F(ObjectCopyTest, WhatIsCopiedHasTheTimeAskedFor) {
  const auto copied = CopyWithTime();
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(copied->time_refused, "");
  EXPECT_EQ(TargetTime(), kTime);
}

TEST_F(ObjectCopyTest, LostAnswerDoesNotLoseTheTime) {
  LoseAnswers(StoreOperation::kCommit, true);
  ASSERT_THAT(CopyWithTime(), Succeeded());
  EXPECT_EQ(TargetTime(), kTime);
}

TEST_F(ObjectCopyTest, StoreWithoutTimesIsNoTrouble) {
  to_.set_keeps_times(false);
  const auto copied = CopyWithTime();
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(copied->time_refused, "");
  EXPECT_EQ(TargetTime(), world_.clock.WallTime());
}

TEST_F(ObjectCopyTest, TimeThatIsRefusedForGoodDoesNotStopTheCopy) {
  for (const ErrorCode code : {ErrorCode::kUnauthorized, ErrorCode::kInvalidArgument, ErrorCode::kInternal}) {
    to_.objects().clear();
    RefuseTimes(code);
    const auto copied = CopyWithTime();
    ASSERT_THAT(copied, Succeeded());
    EXPECT_EQ(copied->outcome, PutOutcome::kCreated);
    EXPECT_THAT(copied->time_refused, ::testing::HasSubstr("no times today"));
    EXPECT_EQ(TargetTime(), world_.clock.WallTime());
  }
}

TEST_F(ObjectCopyTest, TimeThatMayBeSetLaterIsWorthAnotherAttempt) {
  for (const ErrorCode code : {ErrorCode::kUnavailable, ErrorCode::kThrottled, ErrorCode::kOutOfSpace}) {
    RefuseTimes(code);
    EXPECT_THAT(CopyWithTime(), FailedWith(code, "no times today"));
    EXPECT_EQ(Target(), "(missing)");
  }
}

TEST_F(ObjectCopyTest, PutSettlesEveryCaseByTheBytesThatAreThere) {
  EXPECT_EQ(Put("mine"), PutOutcome::kCreated);
  EXPECT_EQ(Put("mine"), PutOutcome::kCreated) << "our own bytes of an earlier attempt";
  EXPECT_EQ(Put("else"), PutOutcome::kExisted);
  EXPECT_EQ(Put("more than there is"), PutOutcome::kExisted);
  EXPECT_EQ(Put("m"), PutOutcome::kExisted) << "what is there is longer";
  EXPECT_EQ(Target(), "mine");
}

TEST_F(ObjectCopyTest, PutWithALostAnswerReadsBack) {
  LoseAnswers(StoreOperation::kPutIfAbsent, true);
  EXPECT_EQ(Put("mine"), PutOutcome::kCreated);
  to_.objects().clear();
  LoseAnswers(StoreOperation::kPutIfAbsent, false);
  EXPECT_THAT(Put("mine"), FailedWith(ErrorCode::kUnavailable, "x/b"));
  to_.Set("x/b", "else");
  EXPECT_EQ(Put("mine"), PutOutcome::kExisted);
}

class StagingAreaTest : public ::testing::Test {
 protected:
  World world_;
  StagingArea area_{std::shared_ptr<ObjectStore>(&world_.staging(), [](ObjectStore*) {}), world_.spec, world_.west};

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
    const auto epochs = world_.Run(area_.EpochsAfter(Epoch(epoch)));
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
  const auto staged = world_.Run(area_.Read(Epoch(1)));
  ASSERT_THAT(staged, Succeeded());
  ASSERT_TRUE(*staged);
  EXPECT_EQ((*staged)->manifest.epoch, Epoch(1));
  EXPECT_EQ((*staged)->sha256, Sha256Hex(plan::WriteManifest((*staged)->manifest)));
  const auto none = world_.Run(area_.Read(Epoch(2)));
  ASSERT_THAT(none, Succeeded());
  EXPECT_FALSE(*none);
}

TEST_F(StagingAreaTest, ManifestInAnotherEpochsPlaceIsRefused) {
  const std::string text = plan::WriteManifest(Staged(1));
  world_.staging().Set(area_.layout().Manifest(Epoch(2)).text(), text);
  EXPECT_THAT(world_.Run(area_.Read(Epoch(2))), FailedWith(ErrorCode::kCorruptLog, "that of epoch 1"));
}

TEST_F(StagingAreaTest, ManifestThatIsNoneIsAnErrorWithItsPlace) {
  for (const char* text : {"", "{}\n", "no JSON"}) {
    world_.staging().Set(area_.layout().Manifest(Epoch(1)).text(), text);
    EXPECT_THAT(world_.Run(area_.Read(Epoch(1))),
                FailedWith(ErrorCode::kCorruptLog, area_.layout().Manifest(Epoch(1)).text()))
        << text;
  }
}

TEST_F(StagingAreaTest, PartWithOtherBytesIsCorrupt) {
  const plan::ManifestPart part{.sha256 = Sha256Hex("{}\n"), .bytes = 3, .lines = 1};
  plan::PartSink ignore;
  world_.staging().Set(area_.layout().Part(Epoch(1), part.sha256).text(), "[]\n");
  EXPECT_THAT(world_.Run(area_.ReadPart(Epoch(1), part, ignore)),
              FailedWith(ErrorCode::kCorruptData, "not the one it names"));
  world_.staging().Set(area_.layout().Part(Epoch(1), part.sha256).text(), "{}\n and more");
  EXPECT_THAT(world_.Run(area_.ReadPart(Epoch(1), part, ignore)), FailedWith(ErrorCode::kCorruptData, "bytes"));
}

TEST_F(StagingAreaTest, PartThatIsMissingIsDamageAsWell) {
  const plan::ManifestPart part{.sha256 = Sha256Hex("{}\n"), .bytes = 3, .lines = 1};
  plan::PartSink ignore;
  EXPECT_THAT(world_.Run(area_.ReadPart(Epoch(1), part, ignore)), FailedWith(ErrorCode::kCorruptData, part.sha256));
}

TEST_F(StagingAreaTest, ReceiptIsPutOnceAndAgainOnlyWithTheSameAnswer) {
  ASSERT_THAT(world_.Run(area_.PutReceipt(Answer(1))), Succeeded());
  plan::Receipt later = Answer(1);
  later.worked_ms = 99;
  EXPECT_THAT(world_.Run(area_.PutReceipt(later)), Succeeded());
  EXPECT_EQ(world_.ReceiptOf(1)->worked_ms, 0) << "the first stands";
  EXPECT_THAT(world_.Run(area_.PutReceipt(Answer(1, false))), FailedWith(ErrorCode::kRefused, "another receiver"));
}

// Nobody is told to delete what the store does not give.
TEST_F(StagingAreaTest, ReceiptThatTheStoreDoesNotGiveIsNotSaidToBeDamaged) {
  for (const ErrorCode code : {ErrorCode::kUnavailable, ErrorCode::kUnauthorized}) {
    world_.staging().set_hooks({.before_effect = [code](std::string, StoreOperation, ObjectPath) -> Task<Status> {
      co_return Fail(code, "not now");
    }});
    EXPECT_THAT(world_.Run(area_.ReadReceipt(Epoch(1))), FailedWith(code, "not now"));
  }
}

TEST_F(StagingAreaTest, ReceiptsComeInTheirOrder) {
  for (const int64_t epoch : {10, 2, 1}) ASSERT_THAT(world_.Run(area_.PutReceipt(Answer(epoch))), Succeeded());
  const auto answered = world_.Run(area_.AnsweredAfter(Epoch(1)));
  ASSERT_THAT(answered, Succeeded());
  EXPECT_THAT(*answered, ::testing::ElementsAre(Epoch(2), Epoch(10)));
}

TEST_F(StagingAreaTest, ReceiptInAnotherEpochsPlaceIsRefused) {
  world_.staging().Set(area_.layout().Receipt(Epoch(2)).text(), plan::WriteReceipt(Answer(1)));
  EXPECT_THAT(world_.Run(area_.ReadReceipt(Epoch(2))), FailedWith(ErrorCode::kCorruptLog, "that of epoch 1"));
}

TEST_F(StagingAreaTest, ManifestAndReceiptOfAnotherGroupAreRefused) {
  plan::Manifest manifest = Staged(1);
  manifest.group = "others";
  world_.staging().Set(area_.layout().Manifest(Epoch(1)).text(), plan::WriteManifest(manifest));
  EXPECT_THAT(world_.Run(area_.Read(Epoch(1))), FailedWith(ErrorCode::kCorruptLog, "of group 'others'"));
  plan::Receipt receipt = Answer(1);
  receipt.group = "others";
  world_.staging().Set(area_.layout().Receipt(Epoch(1)).text(), plan::WriteReceipt(receipt));
  EXPECT_THAT(world_.Run(area_.ReadReceipt(Epoch(1))), FailedWith(ErrorCode::kCorruptLog, "of group 'others'"));
}

}  // namespace
}  // namespace lakeferry::engine
