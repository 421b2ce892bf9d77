#include "engine/copy/object_copy.h"

#include "base/digest.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

class ObjectCopyTest : public ::testing::Test {
 protected:
  ObjectCopyTest() { from_.Set("a", "some bytes"); }
  Result<Copied> Copy(Expected expected = {}, std::optional<TimeMs> modified = {}) {
    CopyMeans means = world_.west.MeansOf("orders");
    means.buffer_bytes = 3;
    return world_.Run(
        CopyObject({}, from_, ObjectPath::Of("a"), to_, ObjectPath::Of("x/b"), expected, means, modified));
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
    return world_.Run(PutSettled({}, to_, ObjectPath::Of("x/b"), std::move(bytes)));
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
  const auto digest = world_.Run(DigestOf({}, to_, ObjectPath::Of("x/b"), 4, Hashing::kCrc64));
  ASSERT_THAT(digest, Succeeded());
  EXPECT_EQ(*digest, copied->digest);
}

TEST_F(ObjectCopyTest, TellsTheSha256WhereItIsAskedFor) {
  EXPECT_EQ(Copy()->digest.sha256, "");
  to_.objects().clear();
  EXPECT_EQ(Copy({.hashing = Hashing::kSha256})->digest.sha256, Sha256Hex("some bytes"));
  const auto digest = world_.Run(DigestOf({}, to_, ObjectPath::Of("x/b"), 4, Hashing::kSha256));
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
  const auto digest = world_.Run(DigestOf({}, from_, ObjectPath::Of("a"), 4, Hashing::kCrc64));
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

}  // namespace
}  // namespace lakeferry::engine
