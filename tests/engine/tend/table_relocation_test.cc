// A table that has another place by the configuration: what is proven of it there, and what the passes make of it.
#include "engine/tend/table_relocation.h"

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using Kind = Relocation::Kind;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kNewSource = "mem://west/lake/t";
const std::string kNewTarget = "mem://east/dr/t";

class TableRelocationTest : public ::testing::TestWithParam<delta::ReplicationMode> {
 protected:
  TableRelocationTest() { world_.FirstEpoch(); }
  Result<Relocation> Look(Role role) {
    Environment& env = role == Role::kSender ? world_.west : world_.east;
    return world_.Run(LookForRelocation({}, env, world_.spec, role, "t"));
  }
  Kind KindOf(Role role) {
    const Result<Relocation> found = Look(role);
    EXPECT_THAT(found, Succeeded());
    return found ? found->kind : Kind::kNoEpoch;
  }
  // As `cp -a` does.
  void Copy(MemoryStore& from, const std::string& to) {
    for (auto& [name, object] : from.objects()) world_.stores.At(to).objects()[name] = object;
  }
  void MoveSource() {
    Copy(world_.source(), kNewSource);
    world_.source().objects().clear();
    world_.spec.tables.Edit()[0].source_uri = kNewSource;
    world_.Restart();
  }
  void NameTarget() {
    world_.spec.tables.Edit()[0].target_uri = kNewTarget;
    world_.Restart();
  }
  void Spoil(const std::string& store, int64_t version, std::string_view from, std::string_view to) {
    std::string text = world_.Text(world_.stores.At(store), TestTable::LogName(version));
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    world_.stores.At(store).Set(TestTable::LogName(version), text.replace(at, from.size(), to));
  }
  World world_{{"t"}, GetParam()};
};

TEST_P(TableRelocationTest, ATableThatIsWhereItWasHasNothingToProve) {
  EXPECT_EQ(KindOf(Role::kSender), Kind::kSame);
  EXPECT_EQ(KindOf(Role::kReceiver), Kind::kSame);
}

TEST_P(TableRelocationTest, ASourceThatIsProvenGoesOnOnceItIsNoted) {
  MoveSource();
  const Result<Relocation> found = Look(Role::kSender);
  ASSERT_THAT(found, Succeeded());
  EXPECT_EQ(found->kind, Kind::kThere);
  EXPECT_EQ(found->from, "mem://west/t");
  EXPECT_EQ(found->to, kNewSource);
  EXPECT_THAT(found->checked,
              ElementsAre(HasSubstr("table id id-of-mem://west/t"), HasSubstr("commit 1"), HasSubstr("live files: ")));
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kRefused, "the source of table 't' changed"));
  ASSERT_THAT(world_.Run(NoteRelocated({}, world_.west, world_.spec, "t")), Succeeded());
  world_.Restart();
  ASSERT_THAT(world_.Send(), Succeeded());
  // A third place is not the one that was noted.
  world_.spec.tables.Edit()[0].source_uri = "mem://west/third";
  world_.Restart();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kRefused, "changed from"));
}

TEST_P(TableRelocationTest, AnotherTableAtTheNewSourceIsNamedByWhatDiffers) {
  MoveSource();
  Spoil(kNewSource, 0, "id-of-mem://west/t", "id-of-another");
  EXPECT_THAT(Look(Role::kSender), FailedWith(ErrorCode::kDiverged, "the table's id is id-of-another"));
}

TEST_P(TableRelocationTest, ATargetThatWasMovedWholeIsProvenThere) {
  Copy(world_.target(), kNewTarget);
  world_.target().objects().clear();
  NameTarget();
  const Result<Relocation> found = Look(Role::kReceiver);
  ASSERT_THAT(found, Succeeded());
  EXPECT_EQ(found->kind, Kind::kThere);
  EXPECT_EQ(found->epoch, Epoch(1));
  EXPECT_THAT(found->checked, Contains(HasSubstr("live files: ")));
  world_.AppendAll("r1", "f1");
  world_.table();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Receive(), Succeeded());
}

TEST_P(TableRelocationTest, ATargetThatIsStillAtItsOldPlaceIsToBeMoved) {
  NameTarget();
  EXPECT_EQ(KindOf(Role::kReceiver), Kind::kToMove);
  world_.target().objects().clear();
  EXPECT_EQ(KindOf(Role::kReceiver), Kind::kComesWhole);
}

TEST_P(TableRelocationTest, SomethingElseAtEitherPlaceOfATargetIsNotTouched) {
  NameTarget();
  Copy(world_.source(), kNewTarget);
  Spoil(kNewTarget, 1, "f0", "g0");
  const Result<Relocation> there = Look(Role::kReceiver);
  ASSERT_THAT(there, FailedWith(ErrorCode::kDiverged, "is not the replica as epoch 1 left it"));
  EXPECT_THAT(there.error().remedy, ::testing::Not(HasSubstr("delete")));
}

// A log that shows the epoch proves nothing of an older commit.
TEST_P(TableRelocationTest, AnOlderCommitThatIsAnotherThereIsFoundByTheLiveFiles) {
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  NameTarget();
  Copy(world_.target(), kNewTarget);
  const bool clone = GetParam() == delta::ReplicationMode::kClone;
  Spoil(kNewTarget, clone ? 0 : 1, "f0", "g0");
  EXPECT_THAT(Look(Role::kReceiver), FailedWith(ErrorCode::kDiverged, "live"));
}

TEST_P(TableRelocationTest, WhatElseHasChangedIsSaidFirst) {
  NameTarget();
  const bool clone = GetParam() == delta::ReplicationMode::kClone;
  world_.spec.mode = clone ? delta::ReplicationMode::kMirror : delta::ReplicationMode::kClone;
  EXPECT_THAT(Look(Role::kReceiver), FailedWith(ErrorCode::kRefused, "the mode of group 'orders' changed"));
  world_.spec.mode = GetParam();
  plan::TableSpec& table = world_.spec.tables.Edit().front();
  std::swap(table.source_uri, table.target_uri);
  EXPECT_THAT(Look(Role::kReceiver), FailedWith(ErrorCode::kRefused, "which was its source in epoch 1"));
}

INSTANTIATE_TEST_SUITE_P(Modes, TableRelocationTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& mode) { return std::string(delta::ReplicationModeName(mode.param)); });

}  // namespace
}  // namespace lakeferry::engine
