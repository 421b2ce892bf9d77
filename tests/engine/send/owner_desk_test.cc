// The owner's mark in staging: a second sender with a metadata store of its own is refused until it takes the group
// over, and a metadata store that is lost stops nobody.
#include "engine/send/owner_desk.h"

#include <string>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class OwnerTest : public ::testing::Test {
 protected:
  OwnerTest() {
    world_.west.home = {.host = "west-1", .metadata_store = "/var/lib/lakeferry/metadata.db"};
    world_.CreateAll();
  }
  // Another process, on another host and with another metadata store.
  Environment Elsewhere() {
    Environment other{world_.west};
    other.home.host = "west-2";
    return {.region = other.region,
            .clock = other.clock,
            .random = other_random_,
            .log = other.log,
            .state = other_state_,
            .stores = other.stores,
            .workflows = other.workflows,
            .notifier = other.notifier,
            .checkpoints = other.checkpoints,
            .checkpoint_writer = other.checkpoint_writer,
            .scratch = other.scratch,
            .zones = other.zones,
            .copy_slots = other.copy_slots,
            .pool = other.pool,
            .cores = other.cores,
            .limits = other.limits,
            .home = other.home};
  }
  // One pass of a process that begins with it.
  Result<PassResult> SendFrom(const Environment& env, Claim claim = Claim::kRespect) {
    GroupSender sender(env, world_.spec);
    sender.set_claim(claim);
    return world_.Run(sender.RunOnce({}));
  }
  std::string Mark() { return world_.Text(world_.staging(), kMark); }
  // How often the mark is asked for from now on.
  void CountLooks() {
    world_.staging().set_hooks(
        {.before_effect = [this](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
          if (operation == StoreOperation::kGet && path.text() == kMark) ++looks_;
          co_return Status{};
        }});
  }

  // The world's draws the same for everybody.
  class OtherDice : public Random {
   public:
    uint64_t Next() override { return ++last_; }

   private:
    uint64_t last_ = 0;
  };

  static constexpr char kMark[] = "orders/owner";
  World world_;
  MemoryStateStore other_state_;
  OtherDice other_random_;
  int looks_ = 0;
};

TEST_F(OwnerTest, FirstPassPutsTheMarkAndTheRecordKnowsIt) {
  ASSERT_THAT(SendFrom(world_.west), Succeeded());
  EXPECT_THAT(Mark(), AllOf(HasSubstr(R"("host":"west-1")"), HasSubstr(R"("region":"west")"), HasSubstr(R"("id":")")));
  const auto record = world_.Run(world_.west_state.Group({}, Role::kSender, "orders"));
  EXPECT_THAT(Mark(), HasSubstr((*record)->owner_id));
  EXPECT_THAT((*record)->owner_id, Not(IsEmpty()));
}

TEST_F(OwnerTest, ProcessWithoutANameLeavesNone) {
  world_.west.home = {};
  ASSERT_THAT(SendFrom(world_.west), Succeeded());
  EXPECT_THAT(world_.Staged(kMark), IsEmpty());
}

TEST_F(OwnerTest, OneLookForAProcessAndNoneForAPass) {
  ASSERT_THAT(SendFrom(world_.west), Succeeded());
  CountLooks();
  GroupSender sender(world_.west, world_.spec);
  for (int pass = 0; pass < 3; ++pass) ASSERT_THAT(world_.Run(sender.RunOnce({})), Succeeded());
  ASSERT_THAT(world_.Run(sender.HasNews({})), Succeeded());
  EXPECT_EQ(looks_, 1);
}

TEST_F(OwnerTest, SecondSenderIsRefusedAndStagesNothing) {
  ASSERT_THAT(SendFrom(world_.west), Succeeded());
  world_.AppendAll("r1", "f1");
  const Environment elsewhere = Elsewhere();
  const auto before = world_.Staged("");
  const Result<PassResult> refused = SendFrom(elsewhere);
  ASSERT_THAT(refused, FailedWith(ErrorCode::kRefused, "another sender works for group 'orders': on host west-1"));
  EXPECT_THAT(refused.error().message, HasSubstr("since 2023-"));
  EXPECT_THAT(refused.error().remedy, HasSubstr("lakeferry sync orders --role sender --take-over"));
  EXPECT_EQ(world_.Staged(""), before);
  EXPECT_EQ(SendFrom(world_.west)->epoch, Epoch(2)) << "the owner goes on";
}

TEST_F(OwnerTest, TakenOverTheOtherIsRefused) {
  GroupSender first(world_.west, world_.spec);
  ASSERT_THAT(world_.Run(first.RunOnce({})), Succeeded());
  world_.AppendAll("r1", "f1");
  const Environment elsewhere = Elsewhere();
  EXPECT_EQ(SendFrom(elsewhere, Claim::kTakeOver)->epoch, Epoch(2));
  EXPECT_THAT(Mark(), HasSubstr(R"("host":"west-2")"));
  EXPECT_THAT(SendFrom(elsewhere), Succeeded()) << "once is enough";
  // The first still runs: an epoch that it has not staged makes it look.
  world_.AppendAll("r2", "f2");
  EXPECT_THAT(world_.Run(first.RunOnce({})), FailedWith(ErrorCode::kRefused, "on host west-2"));
  EXPECT_THAT(SendFrom(world_.west), FailedWith(ErrorCode::kRefused, "on host west-2"));
  EXPECT_EQ(SendFrom(elsewhere)->epoch, Epoch(3));
}

TEST_F(OwnerTest, WhoIsTheOwnerTakesNothingOver) {
  ASSERT_THAT(SendFrom(world_.west), Succeeded());
  const std::string mark = Mark();
  ASSERT_THAT(SendFrom(world_.west, Claim::kTakeOver), Succeeded());
  EXPECT_EQ(Mark(), mark);
}

TEST_F(OwnerTest, LostMetadataStoreOfTheSamePlaceGoesOnAsTheOwner) {
  ASSERT_THAT(SendFrom(world_.west), Succeeded());
  const std::string mark = Mark();
  world_.west_state.Clear();
  world_.AppendAll("r1", "f1");
  EXPECT_EQ(SendFrom(world_.west)->epoch, Epoch(2));
  EXPECT_EQ(Mark(), mark);
  const auto record = world_.Run(world_.west_state.Group({}, Role::kSender, "orders"));
  EXPECT_THAT(mark, HasSubstr((*record)->owner_id));
}

TEST_F(OwnerTest, MetadataStoreThatMovedIsKnownByItsId) {
  ASSERT_THAT(SendFrom(world_.west), Succeeded());
  world_.west.home = {.host = "west-9", .metadata_store = "/elsewhere/metadata.db"};
  EXPECT_THAT(SendFrom(world_.west), Succeeded());
  world_.west_state.Clear();
  EXPECT_THAT(SendFrom(world_.west), FailedWith(ErrorCode::kRefused, "on host west-1"));
}

TEST_F(OwnerTest, OfTwoThatBeginAtOnceOneIsRefused) {
  const Environment elsewhere = Elsewhere();
  world_.staging().set_hooks({.before_effect = [this, done = false](std::string, StoreOperation operation,
                                                                    ObjectPath path) mutable -> Task<Status> {
    if (done || operation != StoreOperation::kPutIfAbsent || path.text() != kMark) co_return Status{};
    done = true;
    world_.staging().Set(kMark, R"({"id":"1","host":"west-3","metadata_store":"m","region":"west","since_ms":1})");
    co_return Status{};
  }});
  EXPECT_THAT(SendFrom(elsewhere), FailedWith(ErrorCode::kRefused, "on host west-3"));
  EXPECT_THAT(world_.Staged("orders/epochs/"), IsEmpty());
}

TEST_F(OwnerTest, MarkWhoseAnswerWasLostIsOurs) {
  world_.staging().set_hooks(
      {.before_effect = {}, .after_effect = [](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
         if (operation != StoreOperation::kPutIfAbsent || path.text() != kMark) co_return Status{};
         co_return Fail(ErrorCode::kOutcomeUnknown, "the answer was lost");
       }});
  EXPECT_THAT(SendFrom(world_.west), FailedWith(ErrorCode::kOutcomeUnknown, "lost"));
  world_.staging().set_hooks({});
  EXPECT_THAT(SendFrom(world_.west), Succeeded());
}

TEST_F(OwnerTest, MarkThatCannotBeReadRefusesUntilItIsTakenOver) {
  world_.staging().Set(kMark, "not JSON");
  EXPECT_THAT(SendFrom(world_.west), FailedWith(ErrorCode::kRefused, "it cannot be read which sender works"));
  EXPECT_THAT(SendFrom(world_.west, Claim::kTakeOver), Succeeded());
  EXPECT_THAT(Mark(), HasSubstr(R"("host":"west-1")"));
}

}  // namespace
}  // namespace lakeferry::engine
