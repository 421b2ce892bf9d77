// Copies that break off, and those that go on with what they left.
#include "engine/copy/resumed_copy.h"

#include "engine/copy/object_copy.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

constexpr int64_t kPart = 100;
constexpr int kParts = 10;
constexpr int64_t kSize = kParts * kPart;

class ResumedCopyTest : public ::testing::Test {
 protected:
  ResumedCopyTest() {
    for (int64_t i = 0; i < kSize; ++i) bytes_ += static_cast<char>('a' + i * i % 23);
    from_.Set("a", bytes_);
    to_.set_part_bytes(kPart);
    to_.set_far(true);
    from_.set_far(true);
    Watch();
  }
  CopyMeans Means() {
    CopyMeans means = world_.west.MeansOf("orders");
    means.buffer_bytes = kPart / 2;
    means.resume_bytes_min = kSize;
    return means;
  }
  Result<Copied> Copy(Expected expected = {}) {
    writes_ = aborts_ = 0;
    return world_.Run(
        CopyObject({}, from_, ObjectPath::Of("a"), to_, ObjectPath::Of("b"), std::move(expected), Means()));
  }
  // Counts what reaches the target; from the write of that number on, it fails.
  void Watch(int fails_from = 0, ErrorCode code = ErrorCode::kUnavailable) {
    to_.set_hooks(
        {.before_effect = [this, fails_from, code](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
          if (at == StoreOperation::kAbort) ++aborts_;
          if (at != StoreOperation::kWrite) co_return Status{};
          ++writes_;
          if (fails_from > 0 && writes_ >= fails_from) co_return Fail(code, "away");
          co_return Status{};
        }});
  }
  // A copy that fails at its fifth part.
  void BreakOff() {
    Watch(5);
    ASSERT_THAT(Copy(), FailedWith(ErrorCode::kUnavailable, "away"));
    EXPECT_EQ(aborts_, 0);
    ASSERT_EQ(to_.unfinished()["b"].size(), 4U);
    Watch();
  }
  std::string Target() { return world_.Text(to_, "b"); }

  World world_;
  MemoryStore& from_ = world_.stores.At("mem://from");
  MemoryStore& to_ = world_.stores.At("mem://to");
  std::string bytes_;
  int writes_ = 0;
  int aborts_ = 0;
};

TEST_F(ResumedCopyTest, OnlyTheRestIsSent) {
  BreakOff();
  const auto copied = Copy({.hashing = Hashing::kSha256});
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(writes_, 6);
  EXPECT_EQ(copied->resumed_bytes, 4 * kPart);
  EXPECT_EQ(copied->outcome, PutOutcome::kCreated);
  EXPECT_EQ(copied->digest.size, kSize);
  EXPECT_EQ(copied->digest.crc64, Crc64Of(bytes_));
  EXPECT_EQ(copied->digest.sha256, Sha256Hex(bytes_));
  EXPECT_EQ(Target(), bytes_);
  EXPECT_TRUE(to_.unfinished().empty());
}

TEST_F(ResumedCopyTest, CopyFromItsBeginningSaysThatNothingWasSpared) {
  const auto copied = Copy();
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(copied->resumed_bytes, 0);
  EXPECT_EQ(writes_, kParts);
}

// Nobody has to know whether it is the same object: its bytes tell.
TEST_F(ResumedCopyTest, SourceThatIsAnotherByNowIsSentAsItIs) {
  BreakOff();
  bytes_[kPart + 1] = '!';  // of a part that was sent
  bytes_[kSize - 1] = '!';  // and of one that was not
  from_.Set("a", bytes_);
  const auto copied = Copy();
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(writes_, 7);
  EXPECT_EQ(copied->resumed_bytes, 3 * kPart);
  EXPECT_EQ(copied->digest.crc64, Crc64Of(bytes_));
  EXPECT_EQ(Target(), bytes_);
}

TEST_F(ResumedCopyTest, LeftPartThatIsNotWhatWasSentIsSentAgain) {
  BreakOff();
  to_.unfinished()["b"][2][7] ^= 1;
  to_.unfinished()["b"][3].pop_back();
  const auto copied = Copy();
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(copied->resumed_bytes, 2 * kPart);
  EXPECT_EQ(Target(), bytes_);
}

// A pass after the other comes a few parts further.
TEST_F(ResumedCopyTest, EachAttemptAddsToWhatIsThere) {
  int attempts = 0;
  int sent = 0;
  for (bool done = false; !done && attempts < 20; ++attempts) {
    Watch(3);
    done = Copy().has_value();
    sent += std::min(writes_, 2);
  }
  EXPECT_EQ(attempts, 5);
  EXPECT_EQ(sent, kParts);
  EXPECT_EQ(Target(), bytes_);
}

TEST_F(ResumedCopyTest, WhatCannotComeToAnEndIsNotLeft) {
  Watch(5, ErrorCode::kOutOfSpace);
  EXPECT_THAT(Copy(), FailedWith(ErrorCode::kOutOfSpace, "away"));
  EXPECT_EQ(aborts_, 1);
  Watch();
  EXPECT_THAT(Copy({.crc64 = 1}), FailedWith(ErrorCode::kCorruptData, "CRC-64"));
  EXPECT_EQ(aborts_, 1);
  EXPECT_TRUE(to_.unfinished().empty());
}

// CRC-64 is no proof against somebody who wants to be taken for another.
TEST_F(ResumedCopyTest, WhatMayHaveBeenForgedIsSentWhole) {
  BreakOff();
  const auto copied = Copy({.sha256 = Sha256Hex(bytes_), .hashing = Hashing::kSha256});
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(copied->resumed_bytes, 0);
  EXPECT_EQ(writes_, kParts);
}

TEST_F(ResumedCopyTest, SmallerOneIsAbortedAndSentAgain) {
  from_.Set("a", bytes_.substr(1));
  Watch(5);
  EXPECT_THAT(Copy(), FailedWith(ErrorCode::kUnavailable, "away"));
  EXPECT_EQ(aborts_, 1);
  Watch();
  ASSERT_THAT(Copy(), Succeeded());
  EXPECT_EQ(writes_, kParts);
}

TEST_F(ResumedCopyTest, StoreThatCannotGoOnIsLeftNothing) {
  to_.set_resumes(false);
  Watch(5);
  EXPECT_THAT(Copy(), FailedWith(ErrorCode::kUnavailable, "away"));
  EXPECT_EQ(aborts_, 1);
  Watch();
  ASSERT_THAT(Copy(), Succeeded());
  EXPECT_EQ(writes_, kParts);
}

// The parts are all there, and the answer to the last request did not come.
TEST_F(ResumedCopyTest, CommitThatFailedIsTriedAgainWithoutAPart) {
  to_.set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kCommit) co_return Fail(ErrorCode::kUnavailable, "away");
    co_return Status{};
  }});
  EXPECT_THAT(Copy(), FailedWith(ErrorCode::kUnavailable, "away"));
  Watch();
  const auto copied = Copy();
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(writes_, 0);
  EXPECT_EQ(copied->resumed_bytes, kSize);
  EXPECT_EQ(Target(), bytes_);
}

// Or every attempt would go on with what is refused.
TEST_F(ResumedCopyTest, WhatTheStoreRefusesToEndIsNotGoneOnWith) {
  BreakOff();
  to_.set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kCommit) co_return Fail(ErrorCode::kCorruptData, "another checksum");
    co_return Status{};
  }});
  EXPECT_THAT(Copy(), FailedWith(ErrorCode::kCorruptData, "another checksum"));
  EXPECT_TRUE(to_.unfinished().empty());
  Watch();
  ASSERT_THAT(Copy(), Succeeded());
  EXPECT_EQ(writes_, kParts);
}

TEST_F(ResumedCopyTest, WhatIsPreparedGoesOnToo) {
  BreakOff();
  auto prepared = world_.Run(PrepareCopy({}, from_, ObjectPath::Of("a"), to_, ObjectPath::Of("b"),
                                         {.size = kSize, .crc64 = Crc64Of(bytes_)}, Means()));
  ASSERT_THAT(prepared, Succeeded());
  EXPECT_EQ(prepared->copied.resumed_bytes, 4 * kPart);
  EXPECT_FALSE(to_.objects().contains("b"));
  ASSERT_THAT(world_.Run(PublishCopy({}, *std::move(prepared), to_, ObjectPath::Of("b"), kPart)), Succeeded());
  EXPECT_EQ(Target(), bytes_);
}

// What is not sent takes no time of the line; what was taken for sent and is not, does.
TEST_F(ResumedCopyTest, BandwidthIsOfWhatIsSent) {
  BreakOff();
  to_.unfinished()["b"][3][0] ^= 1;
  ASSERT_THAT(world_.west.copy_slots.bandwidth("orders").Use({.limit = 100}, world_.west.zones), Succeeded());
  const Millis began = world_.clock.Monotonic();
  ASSERT_THAT(Copy(), Succeeded());
  EXPECT_EQ(writes_, 7);
  EXPECT_NEAR(static_cast<double>((world_.clock.Monotonic() - began).count()), 7 * 1'000, 1'100);
}

TEST_F(ResumedCopyTest, IsSaidInTheLogWithItsBytes) {
  const CopyMeans means = world_.west.MeansOf("orders");
  NoteResumed(world_.log, means, nullptr, {}, "t", ObjectPath::Of("f.parquet"), 0);
  EXPECT_TRUE(world_.log.lines.empty());
  NoteResumed(world_.log, means, nullptr, {}, "t", ObjectPath::Of("f.parquet"), 400);
  EXPECT_TRUE(world_.log.Has("went on where an earlier one broke off")) << testing::PrintToString(world_.log.lines);
  EXPECT_TRUE(world_.log.Has("bytes=400"));
  NoteResumed(world_.log, means, nullptr, {}, "t", ObjectPath::Of("g.parquet"), 50);
  EXPECT_EQ(world_.west.copy_slots.resumed_bytes(), (std::map<std::string, int64_t>{{"orders", 450}}));
}

// Both roles, from a table's file to its replica: neither sends a part twice, and nothing is left when it is over.
class ResumedEpochTest : public ::testing::Test {
 protected:
  ResumedEpochTest() {
    for (Environment* env : {&world_.west, &world_.east}) {
      env->limits.copy_buffer_bytes = 5 * kPart;
      env->limits.resume_bytes_min = 6 * kPart;
    }
    for (MemoryStore* store : {&world_.source(), &world_.target(), &world_.staging()}) {
      store->set_part_bytes(kPart);
      store->set_far(true);
      store->set_copies(false);
    }
    world_.FirstEpoch();
    world_.AppendAll("r1", Large());
  }
  // Files of these tests are little longer than their names: nine parts.
  static std::string Large() {
    std::string path = "large";
    for (int i = 0; i < 8; ++i) path += "/" + std::string(kPart - 1, 'x');
    return path;
  }
  static void FailWrites(MemoryStore& store, int after) {
    const auto count = std::make_shared<int>(0);
    store.set_hooks({.before_effect = [count, after](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
      const bool counted = at == StoreOperation::kWrite && path.text().ends_with(Large());
      if (counted && ++*count > after) co_return Fail(ErrorCode::kUnavailable, "away");
      co_return Status{};
    }});
  }
  static size_t PartsLeft(MemoryStore& store) {
    size_t parts = 0;
    for (const auto& [name, of_one] : store.unfinished()) parts += of_one.size();
    return parts;
  }

  // As on record: of the group's newest copy, and of the epoch.
  std::pair<int64_t, int64_t> Resumed(Role role) {
    StateStore& state = role == Role::kSender ? world_.west_state : world_.east_state;
    return {world_.Run(state.Group({}, role, "orders")).value().value().resumed_bytes,
            world_.Run(state.Epochs({}, role, "orders", 1)).value().front().resumed_bytes};
  }

  World world_;
};

TEST_F(ResumedEpochTest, BothRolesGoOnAfterARestart) {
  FailWrites(world_.staging(), 6);
  EXPECT_FALSE(world_.Send().has_value());
  EXPECT_EQ(PartsLeft(world_.staging()), 6U);
  world_.Restart();
  world_.staging().set_hooks({});
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(world_.staging().taken_over_parts(), 6);
  EXPECT_EQ(Resumed(Role::kSender), (std::pair{6 * kPart, 6 * kPart}));
  EXPECT_TRUE(world_.log.Has("broke off")) << testing::PrintToString(world_.log.lines);
  world_.log.lines.clear();
  FailWrites(world_.target(), 7);
  EXPECT_FALSE(world_.Receive().has_value());
  EXPECT_EQ(PartsLeft(world_.target()), 7U);
  world_.Restart();
  world_.target().set_hooks({});
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(world_.target().taken_over_parts(), 7);
  EXPECT_EQ(Resumed(Role::kReceiver), (std::pair{7 * kPart, 7 * kPart}));
  EXPECT_EQ(world_.west.copy_slots.resumed_bytes().at("orders"), (6 + 7) * static_cast<int64_t>(kPart));
  EXPECT_TRUE(world_.log.Has("broke off")) << testing::PrintToString(world_.log.lines);
  EXPECT_EQ(PartsLeft(world_.staging()) + PartsLeft(world_.target()), 0U);
  world_.ExpectSame();
  world_.AppendAll("r2", "small");
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(Resumed(Role::kSender), (std::pair{int64_t{0}, int64_t{0}})) << "of the last copy alone";
}

// An attempt that was given up has left parts that nobody asks for again.
TEST_F(ResumedEpochTest, WhatIsLeftBelowAnEpochGoesWithItsReceipt) {
  FailWrites(world_.staging(), 6);
  EXPECT_FALSE(world_.Send().has_value());
  ASSERT_EQ(world_.staging().unfinished().size(), 1U);
  const std::string name = world_.staging().unfinished().begin()->first;
  world_.Restart();
  world_.staging().set_hooks({});
  ASSERT_THAT(world_.Send(), Succeeded());
  for (const std::string& left : {name + ".1", std::string("someone/elses")}) {
    world_.staging().unfinished()[left][0] = "left by another attempt";
  }
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(PartsLeft(world_.staging()), 2U);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(PartsLeft(world_.staging()), 1U) << "what is not of the epoch stays";
}

}  // namespace
}  // namespace lakeferry::engine
