// Work on a route that is no group's replication: what stages and applies epochs knows no role. The replica of a group
// goes on to a third place, whole and then by what has changed, with no sender, receiver or metadata store.
#include <algorithm>

#include "engine/apply/epoch_applier.h"
#include "engine/stage/epoch_stager.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

class CountingMeter final : public WorkMeter {
 public:
  void Begin(int64_t files, int64_t bytes) override {
    announced = {.files = files, .bytes = bytes};
    counted = {};
  }
  Task<void> Note(Call, int64_t files, int64_t bytes) override {
    counted.files += files;
    counted.bytes += bytes;
    co_return;
  }
  void NoteResumed(int64_t bytes) override { resumed += bytes; }

  BroughtVolume announced;
  BroughtVolume counted;
  int64_t resumed = 0;
};

class RouteTest : public ::testing::TestWithParam<delta::ReplicationMode> {
 protected:
  RouteTest() : world_({"t"}, GetParam()) {
    route_.workspace = "elsewhere";
    route_.from = "east";
    route_.mode = GetParam();
    route_.staging = {.group = "onward", .uri = "mem://north/staging", .name = "north", .keys = {}};
    route_.tables = {plan::TableSpec{.name = "t", .source_uri = "mem://east/t", .target_uri = "mem://north/t"}};
  }

  MemoryStore& north() { return world_.stores.At("mem://north/t"); }
  [[nodiscard]] StagingArea Staging(StoreRight right) {
    return {*world_.stores.Open({.uri = route_.staging.uri, .right = right}), route_.staging, world_.east};
  }
  // The replica as it is now, against `base`.
  Result<GroupCut> Cut(std::optional<plan::ManifestTable> base) {
    auto scan = world_.Run(ScanTable({}, world_.east, route_.tables[0], std::move(base), {.runs = {}, .from = {}}));
    if (!scan) return std::unexpected(scan.error());
    GroupCut cut;
    cut.cut.time = world_.clock.WallTime();
    const Version newest = *scan->NewestAtOrBefore(world_.clock.WallTime());
    cut.tables.push_back({.scan = *std::move(scan), .version = newest});
    return cut;
  }
  Status Stage(EpochPlace place, std::optional<plan::ManifestTable> base) {
    const StagingArea staging = Staging(StoreRight::kWriteStaging);
    LF_TRY(const GroupCut cut, Cut(std::move(base)));
    DirectTargets targets(world_.east);
    const EpochStager stager(world_.east, route_, staging, meter_, targets);
    LF_TRY(EpochStager::CutRead read, world_.Run(stager.Read({}, cut, place.epoch, false)));
    LF_TRY(const EpochStager::Staged staged, world_.Run(stager.Stage({}, cut, std::move(read), std::move(place))));
    LF_TRY_OK(world_.Run(stager.Publish({}, staged.manifest)));
    return {};
  }
  Result<StagedEpoch> Staged(int64_t epoch) {
    const StagingArea staging = Staging(StoreRight::kReadStaging);
    LF_TRY(const std::optional<StagedEpoch> read, world_.Run(staging.Read({}, Epoch(epoch))));
    return read.value_or(StagedEpoch{});
  }
  Status Apply(int64_t number) {
    const StagingArea staging = Staging(StoreRight::kReadStaging);
    LF_TRY(const StagedEpoch epoch, Staged(number));
    EpochApplier applier(world_.east, route_, staging, left_, epoch, meter_, reused_);
    LF_TRY_OK(world_.Run(applier.Examine({})));
    LF_TRY_OK(world_.Run(applier.Place({})));
    LF_TRY_OK(world_.Run(applier.Compare({})));
    LF_TRY(const std::vector<Version> versions, world_.Run(applier.Commit({}, world_.clock.WallTime())));
    left_["t"] = {.table = "t", .source_version = {}, .replica_version = versions[0]};
    return {};
  }
  // What every reader finds, wherever its table is.
  std::vector<std::string> Live(MemoryStore& store) {
    std::vector<std::string> live = world_.Live(store);
    std::ranges::sort(live);
    return live;
  }

  World world_;
  plan::Route route_;
  TablesLeft left_;
  CountingMeter meter_;
  ReusedNames reused_;
};

TEST_P(RouteTest, AReplicaGoesOnToAThirdPlace) {
  world_.FirstEpoch();
  ASSERT_THAT(Stage({.epoch = Epoch(1), .base_epoch = {}, .previous = {}, .previous_sha256 = {}}, {}), Succeeded());
  EXPECT_EQ(meter_.counted.files, meter_.announced.files);
  ASSERT_THAT(Apply(1), Succeeded());
  EXPECT_EQ(Live(north()), Live(world_.target()));
  EXPECT_FALSE(Live(north()).empty());

  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  const auto first = Staged(1);
  ASSERT_THAT(first, Succeeded());
  ASSERT_THAT(Stage({.epoch = Epoch(2), .base_epoch = Epoch(1), .previous = Epoch(1), .previous_sha256 = first->sha256},
                    first->manifest.tables[0]),
              Succeeded());
  EXPECT_EQ(meter_.announced.files, 1) << "what the first epoch has brought goes over again";
  ASSERT_THAT(Apply(2), Succeeded());
  EXPECT_EQ(Live(north()), Live(world_.target()));
}

TEST_P(RouteTest, AnEpochOfTheRouteSaysWhereItComesFrom) {
  world_.FirstEpoch();
  ASSERT_THAT(Stage({.epoch = Epoch(7), .base_epoch = {}, .previous = {}, .previous_sha256 = {}}, {}), Succeeded());
  const auto staged = Staged(7);
  ASSERT_THAT(staged, Succeeded());
  EXPECT_EQ(staged->manifest.region, "east");
  EXPECT_EQ(staged->manifest.group, "onward");
  EXPECT_EQ(staged->manifest.workspace, "elsewhere");
}

TEST_P(RouteTest, TheSecondOfTwoStagersIsToldAndChangesNothing) {
  world_.FirstEpoch();
  const EpochPlace place{.epoch = Epoch(1), .base_epoch = {}, .previous = {}, .previous_sha256 = {}};
  ASSERT_THAT(Stage(place, {}), Succeeded());
  const auto before = Staged(1);
  world_.clock.Advance(std::chrono::seconds(1));
  EXPECT_THAT(Stage(place, {}), FailedWith(ErrorCode::kRefused, "another sender has staged epoch 1 of group 'onward'"));
  ASSERT_THAT(before, Succeeded());
  EXPECT_EQ(Staged(1)->sha256, before->sha256);
}

TEST_P(RouteTest, ATableThatIsNotOnTheRouteIsRefusedBeforeAnythingIsPlaced) {
  world_.FirstEpoch();
  ASSERT_THAT(Stage({.epoch = Epoch(1), .base_epoch = {}, .previous = {}, .previous_sha256 = {}}, {}), Succeeded());
  route_.tables.Edit()[0].name = "other";
  EXPECT_THAT(Apply(1), FailedWith(ErrorCode::kRefused, "table 't' of the epoch is not configured here"));
  EXPECT_TRUE(north().objects().empty());
}

INSTANTIATE_TEST_SUITE_P(Modes, RouteTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror));

}  // namespace
}  // namespace lakeferry::engine
