#include "engine/cut/sender_position.h"

#include "base/digest.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

// Manifests and receipts put into staging by hand.
class SenderPositionTest : public ::testing::Test {
 protected:
  plan::Manifest Make(int64_t epoch, int64_t base) {
    plan::Manifest manifest;
    manifest.workspace = "demo";
    manifest.region = "west";
    manifest.group = "orders";
    manifest.epoch = Epoch(epoch);
    manifest.base_epoch = Epoch(base);
    manifest.previous_epoch = Epoch(epoch - 1);
    manifest.cut_time = FromEpochMs(epoch * 1'000);
    manifest.tables = {{.name = "t", .source_uri = "mem://west/t", .source_version = Version(epoch * 10), .parts = {}}};
    if (base != 0) manifest.tables.front().base_version = Version(base * 10);
    return manifest;
  }
  void Stage(const plan::Manifest& manifest) {
    world_.staging().Set(area_.layout().Manifest(manifest.epoch).text(), plan::WriteManifest(manifest));
  }
  void Answer(int64_t epoch, bool applied) {
    const std::string manifest = world_.Text(world_.staging(), area_.layout().Manifest(Epoch(epoch)).text());
    const plan::Receipt receipt{.group = "orders",
                                .epoch = Epoch(epoch),
                                .manifest_sha256 = Sha256Hex(manifest),
                                .applied = applied,
                                .tables = {{.name = "t",
                                            .source_version = Version(epoch * 10),
                                            .replica_version = Version(epoch),
                                            .target = "mem://east/t"}}};
    world_.staging().Set(area_.layout().Receipt(Epoch(epoch)).text(), plan::WriteReceipt(receipt));
  }
  Result<SenderPosition> Load(std::optional<SenderPosition> known = {}, int64_t recorded = 0) {
    return world_.Run(LoadSenderPosition({}, area_, world_.spec, "west", known ? &*known : nullptr, Epoch(recorded)));
  }
  int64_t BaseOf(const Result<SenderPosition>& position) {
    EXPECT_THAT(position, Succeeded());
    return position ? position->base_epoch.value() : -1;
  }

  World world_;
  StagingArea area_{std::shared_ptr<ObjectStore>(&world_.staging(), [](ObjectStore*) {}), plan::StagingOf(world_.spec),
                    world_.west};
};

TEST_F(SenderPositionTest, EmptyStagingBeginsWithTheFirstEpoch) {
  const auto position = Load();
  EXPECT_EQ(BaseOf(position), 0);
  EXPECT_EQ(position->next_epoch(), Epoch(1));
  EXPECT_EQ(position->cut_time, std::nullopt);
  EXPECT_TRUE(position->base.empty());
}

TEST_F(SenderPositionTest, NewestEpochIsTheBaseWhetherAnsweredOrNot) {
  Stage(Make(1, 0));
  Answer(1, true);
  Stage(Make(2, 1));
  const auto position = Load();
  EXPECT_EQ(BaseOf(position), 2);
  EXPECT_EQ(position->next_epoch(), Epoch(3));
  EXPECT_EQ(position->cut_time, FromEpochMs(2'000));
  EXPECT_EQ(position->base.at("t")->source_version, Version(20));
}

TEST_F(SenderPositionTest, RefusedEpochIsNotBuiltUponAndItsNumberIsNotUsedAgain) {
  Stage(Make(1, 0));
  Answer(1, true);
  Stage(Make(2, 1));
  Answer(2, false);
  const auto position = Load();
  EXPECT_EQ(BaseOf(position), 1);
  EXPECT_EQ(position->next_epoch(), Epoch(3));
}

TEST_F(SenderPositionTest, EpochsThatBuildUponARefusedOneAreNotBuiltUponEither) {
  Stage(Make(1, 0));
  Answer(1, true);
  Stage(Make(2, 1));
  Answer(2, false);
  Stage(Make(3, 2));
  Stage(Make(4, 3));
  const auto position = Load();
  EXPECT_EQ(BaseOf(position), 1);
  EXPECT_EQ(position->next_epoch(), Epoch(5));
}

// The receiver applies it, and what builds upon it.
TEST_F(SenderPositionTest, EpochOfWholeTablesIsBuiltUponWhateverBecomesOfItsBase) {
  Stage(Make(1, 0));
  Answer(1, false);
  plan::Manifest whole = Make(2, 1);
  whole.tables.front().base_version.reset();
  Stage(whole);
  EXPECT_EQ(BaseOf(Load()), 2);
  Stage(Make(3, 2));
  EXPECT_EQ(BaseOf(Load()), 3);
}

TEST_F(SenderPositionTest, EpochThatWasStagedAnewIsBuiltUpon) {
  Stage(Make(1, 0));
  Answer(1, true);
  Stage(Make(2, 1));
  Answer(2, false);
  Stage(Make(3, 1));
  EXPECT_EQ(BaseOf(Load()), 3);
}

TEST_F(SenderPositionTest, RefusedFirstEpochLeavesNothingToBuildUpon) {
  Stage(Make(1, 0));
  Answer(1, false);
  const auto position = Load();
  EXPECT_EQ(BaseOf(position), 0);
  EXPECT_EQ(position->next_epoch(), Epoch(2));
  EXPECT_EQ(position->cut_time, std::nullopt);
  EXPECT_TRUE(position->base.empty());
}

TEST_F(SenderPositionTest, ForcedCutIsRemembered) {
  plan::Manifest forced = Make(1, 0);
  forced.atomic = false;
  Stage(forced);
  EXPECT_FALSE(Load()->atomic);
  Stage(Make(2, 1));
  EXPECT_TRUE(Load()->atomic);
}

TEST_F(SenderPositionTest, KnownPositionTakesInWhatIsNew) {
  Stage(Make(1, 0));
  auto position = Load();
  ASSERT_EQ(BaseOf(position), 1);
  EXPECT_EQ(BaseOf(Load(*position, 1)), 1);
  Stage(Make(2, 1));
  EXPECT_EQ(BaseOf(Load(*position, 1)), 2);
  Answer(2, false);
  EXPECT_EQ(BaseOf(Load(*Load(*position, 1), 2)), 1);
}

TEST_F(SenderPositionTest, StagingThatLostARecordedEpochIsRefused) {
  Stage(Make(1, 0));
  EXPECT_THAT(Load({}, 2), FailedWith(ErrorCode::kRefused, "lost epoch 2"));
  world_.staging().objects().clear();
  EXPECT_THAT(Load({}, 2), FailedWith(ErrorCode::kRefused, "lost epoch 2"));
}

TEST_F(SenderPositionTest, StagingThatLostAKnownEpochIsRefused) {
  Stage(Make(1, 0));
  Stage(Make(2, 1));
  const auto position = Load();
  ASSERT_EQ(BaseOf(position), 2);
  world_.staging().objects().erase(area_.layout().Manifest(Epoch(2)).text());
  EXPECT_THAT(Load(*position, 2), FailedWith(ErrorCode::kRefused, "lost epoch 2"));
  world_.staging().objects().clear();
  EXPECT_THAT(Load(*position, 0), FailedWith(ErrorCode::kRefused, "lost epoch 2"));
}

TEST_F(SenderPositionTest, EpochOfAnotherConfigurationIsRefusedNamingTheDifference) {
  const auto refused = [&](const std::function<void(plan::Manifest&)>& change, std::string_view words) {
    plan::Manifest manifest = Make(1, 0);
    change(manifest);
    Stage(manifest);
    EXPECT_THAT(Load(), FailedWith(ErrorCode::kRefused, std::string(words)));
  };
  refused([](plan::Manifest& m) { m.workspace = "other"; },
          "the workspace of group 'orders' changed from 'other' to 'demo' since epoch 1");
  refused([](plan::Manifest& m) { m.region = "north"; }, "region of group 'orders' changed from 'north' to 'west'");
  refused([](plan::Manifest& m) { m.mode = delta::ReplicationMode::kMirror; }, "changed from mirror to clone");
  refused([](plan::Manifest& m) { m.tables[0].source_uri = "mem://x"; },
          "the source of table 't' changed from mem://x to ");
  refused([](plan::Manifest& m) { m.tables[0].name = "u"; }, "none of the tables of epoch 1");
}

TEST_F(SenderPositionTest, TablesMayComeAndGo) {
  plan::Manifest manifest = Make(1, 0);
  manifest.tables.push_back({.name = "gone", .source_uri = "mem://west/gone", .parts = {}});
  Stage(manifest);
  world_.spec.tables.Edit().push_back({.name = "new", .source_uri = "mem://west/new", .target_uri = "mem://east/new"});
  EXPECT_EQ(BaseOf(Load()), 1);
}

// As one of a group whose wildcard found none yet.
TEST_F(SenderPositionTest, EpochWithoutTablesIsFollowedByOneOfAny) {
  plan::Manifest manifest = Make(1, 0);
  manifest.tables.clear();
  Stage(manifest);
  EXPECT_EQ(BaseOf(Load()), 1);
}

// Behind a later one as well: it was not taken in here, and may build upon what was lost.
TEST_F(SenderPositionTest, KnownEpochThatIsGoneBeforeALaterOneIsRefused) {
  Stage(Make(1, 0));
  Stage(Make(2, 1));
  const auto position = Load();
  ASSERT_EQ(BaseOf(position), 2);
  Stage(Make(3, 2));
  world_.staging().objects().erase(area_.layout().Manifest(Epoch(2)).text());
  EXPECT_THAT(Load(*position, 2), FailedWith(ErrorCode::kRefused, "lost epoch 2"));
}

}  // namespace
}  // namespace lakeferry::engine
