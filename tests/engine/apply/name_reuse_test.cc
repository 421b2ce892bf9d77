// A source that uses the name of a file again for another, through both roles: the clone gives the other a name of its
// own, a mirror says what is wrong.
#include <fmt/format.h>

#include <map>

#include "base/crc64.h"
#include "delta/reused_name.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kDaily = "daily.parquet";

std::string VectorField(std::string_view id) {
  return fmt::format(
      R"(,"deletionVector":{{"storageType":"i","pathOrInlineDv":"{}","sizeInBytes":40,"cardinality":1}})", id);
}

class NameReuseTest : public ::testing::Test {
 protected:
  explicit NameReuseTest(delta::ReplicationMode mode = delta::ReplicationMode::kClone) : world_({"t"}, mode) {}
  TestTable& t() { return world_.table(); }
  MemoryStore& target() { return world_.target(); }

  // Writes another file under the name, now, and returns its add line.
  std::string Write(const std::string& path, const std::string& bytes, const std::string& more = "") {
    world_.source().Set(path, bytes);
    t().written_.insert_or_assign(path, world_.clock.WallTime());
    return AddOf(path, more);
  }
  // An add line of what is there, with the time at which it was written.
  std::string AddOf(const std::string& path, const std::string& more = "") {
    return fmt::format(
        R"({{"add":{{"path":"{}","partitionValues":{{}},"size":{},"modificationTime":{},"dataChange":true{}}}}})", path,
        world_.source().objects().at(path).bytes->size(), ToEpochMs(t().written_.at(path)), more);
  }
  // Commits, one after another, of one run; and one pass of both roles.
  void Epoch(const std::vector<std::vector<std::string>>& commits) {
    Write(commits);
    const auto sent = world_.Send();
    ASSERT_THAT(sent, Succeeded());
    const auto received = world_.Receive();
    ASSERT_THAT(received, Succeeded());
    ASSERT_EQ(received->epoch, sent->epoch) << sent->reason;
    ExpectRowsEqual();
  }
  void Write(const std::vector<std::vector<std::string>>& commits) {
    const std::string run = fmt::format("r{}", ++runs_);
    world_.InRun(run, [&] {
      if (t().next_ == 0) t().Create();
      for (const auto& lines : commits) t().Commit(lines, run);
    });
  }
  // What readers find: the bytes of each live file by the name that the source gives it, and its vector.
  std::multimap<std::string, std::string> Rows(MemoryStore& store) {
    std::multimap<std::string, std::string> rows;
    for (const auto* entry : world_.SnapshotOf(store).files.Sorted()) {
      const delta::AddFile& add = entry->second;
      const auto object = store.objects().find(add.path);
      EXPECT_NE(object, store.objects().end()) << add.path;
      if (object == store.objects().end()) continue;
      EXPECT_EQ(add.size, static_cast<int64_t>(object->second.bytes->size()));
      std::string name(delta::NameBeforeReuse(add.path).value_or(add.path));
      if (add.deletion_vector) name += "#" + add.deletion_vector->path_or_inline_dv;
      rows.emplace(std::move(name), *object->second.bytes);
    }
    return rows;
  }
  void ExpectRowsEqual() { EXPECT_EQ(Rows(target()), Rows(world_.source())); }
  // Live files of the clone that have another name than at the source.
  std::vector<std::string> Renamed() {
    std::vector<std::string> names;
    for (const std::string& path : world_.Live(target())) {
      if (delta::NameBeforeReuse(path)) names.push_back(path);
    }
    return names;
  }
  size_t Objects() { return target().objects().size(); }

  World world_;
  int runs_ = 0;
};

TEST_F(NameReuseTest, InOneWindowItGoesOverUnderAnotherName) {
  Epoch({{t().Add("other"), Write(kDaily, "first one")}});
  Epoch({{TestTable::Remove(kDaily)}, {Write(kDaily, "second1")}});
  ASSERT_THAT(Renamed(), SizeIs(1));
  EXPECT_EQ(*target().objects().at(kDaily).bytes, "first one") << "older versions read it";
  EXPECT_TRUE(world_.log.Has("the name of a file is taken at the target"));
}

TEST_F(NameReuseTest, OfTheSameSizeTooAndTheNextEpochsGoOn) {
  Epoch({{Write(kDaily, "first")}});
  Epoch({{TestTable::Remove(kDaily)}, {Write(kDaily, "other")}});
  Epoch({{t().Add("next")}});
  EXPECT_THAT(Renamed(), SizeIs(1));
  Epoch({{TestTable::Remove(kDaily)}});
  EXPECT_THAT(world_.Live(target()), ElementsAre("next"));
}

TEST_F(NameReuseTest, RemovedInOneEpochAndWrittenInTheNext) {
  Epoch({{Write(kDaily, "first"), t().Add("other")}});
  Epoch({{TestTable::Remove(kDaily)}});
  Epoch({{Write(kDaily, "again")}});
  EXPECT_THAT(Renamed(), SizeIs(1));
  Epoch({{TestTable::Remove(kDaily)}});
  EXPECT_THAT(world_.Live(target()), ElementsAre("other"));
}

TEST_F(NameReuseTest, WithoutAnyRemoveTheFirstFileLeavesAllTheSame) {
  Epoch({{Write(kDaily, "first")}});
  Epoch({{Write(kDaily, "second")}});
  EXPECT_THAT(Renamed(), SizeIs(1));
}

TEST_F(NameReuseTest, AThirdAndAFourthUse) {
  for (const auto* bytes : {"one", "two", "three", "four"}) {
    Epoch({{TestTable::Remove(kDaily)}, {Write(kDaily, bytes)}});
  }
  EXPECT_THAT(Renamed(), SizeIs(1));
  world_.Restart();
  Epoch({{TestTable::Remove(kDaily)}});
  EXPECT_THAT(world_.Live(target()), IsEmpty());
}

TEST_F(NameReuseTest, BytesThatComeBackAreNotPlacedASecondTime) {
  Epoch({{Write(kDaily, "aaa")}});
  Epoch({{TestTable::Remove(kDaily)}, {Write(kDaily, "bbb")}});
  const std::vector<std::string> second = Renamed();
  Epoch({{TestTable::Remove(kDaily)}, {Write(kDaily, "aaa")}});
  EXPECT_THAT(Renamed(), IsEmpty()) << "the first file has these bytes";
  const size_t objects = Objects();
  Epoch({{TestTable::Remove(kDaily)}, {Write(kDaily, "bbb")}});
  EXPECT_EQ(Renamed(), second);
  EXPECT_EQ(Objects(), objects + 1) << "the commit, and nothing else";
}

TEST_F(NameReuseTest, VectorsOnTheSecondFile) {
  Epoch({{Write(kDaily, "first")}});
  Epoch({{TestTable::Remove(kDaily)}, {Write(kDaily, "second")}});
  Epoch({{TestTable::Remove(kDaily), AddOf(kDaily, VectorField("v1"))}});
  EXPECT_THAT(world_.Staged(fmt::format("orders/data/{:020}/t/", 3)), IsEmpty()) << "the file is at the clone";
  Epoch({{TestTable::Remove(kDaily, VectorField("v1")), AddOf(kDaily, VectorField("v2"))}});
  EXPECT_THAT(world_.Live(target()), SizeIs(1));
  Epoch({{TestTable::Remove(kDaily, VectorField("v2"))}, {Write(kDaily, "third")}});
  EXPECT_THAT(world_.Live(target()), SizeIs(1));
}

TEST_F(NameReuseTest, SecondFileThatIsLostIsAskedForWhole) {
  Epoch({{Write(kDaily, "first")}});
  Epoch({{TestTable::Remove(kDaily)}, {Write(kDaily, "second")}});
  const std::string name = Renamed().at(0);
  target().objects().erase(name);  // and with it what says that there is such a name
  Write({{TestTable::Remove(kDaily), AddOf(kDaily, VectorField("v1"))}});
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "has lost an object"));
  world_.Restart();
  Epoch({{t().Add("next")}});
}

TEST_F(NameReuseTest, RestoreOfAFileOfTheBaseSendsNothing) {
  Epoch({{Write(kDaily, "first"), t().Add("other")}});
  Epoch({{TestTable::Remove(kDaily)}, {AddOf(kDaily)}});
  EXPECT_THAT(Renamed(), IsEmpty());
  EXPECT_THAT(world_.Staged(fmt::format("orders/data/{:020}/t/", 2)), IsEmpty());
}

TEST_F(NameReuseTest, RewrittenWithAnOldTimeIsFoundOutByTheBase) {
  Epoch({{Write(kDaily, "first"), t().Add("other")}});
  world_.source().Set(kDaily, "later");
  t().written_.at(kDaily) -= Millis(1);
  Epoch({{TestTable::Remove(kDaily)}, {AddOf(kDaily)}});
  EXPECT_THAT(Renamed(), SizeIs(1));
}

TEST_F(NameReuseTest, WholeTableOverTheReplicaFindsItsNames) {
  Epoch({{Write(kDaily, "first"), t().Add("other")}});
  Epoch({{TestTable::Remove(kDaily)}, {Write(kDaily, "second")}});
  const std::vector<std::string> names = Renamed();
  Write({{t().Add("more")}, {t().Add("most")}});
  t().CleanLog();
  Epoch({{t().Add("next")}});
  EXPECT_EQ(Renamed(), names);
  EXPECT_THAT(world_.Live(target()), SizeIs(5));
}

TEST_F(NameReuseTest, WholeTableWithAnotherFileUnderTheName) {
  Epoch({{Write(kDaily, "first"), t().Add("other")}});
  Write({{TestTable::Remove(kDaily)}, {Write(kDaily, "second")}, {t().Add("most")}});
  t().CleanLog();
  Epoch({{t().Add("next")}});
  EXPECT_THAT(Renamed(), SizeIs(1));
}

TEST_F(NameReuseTest, ReplicaThatWasMovedAwayIsMadeAnewUnderTheSourcesNames) {
  Epoch({{Write(kDaily, "first")}});
  Epoch({{TestTable::Remove(kDaily)}, {Write(kDaily, "second")}});
  target().objects().clear();
  Write({{t().Add("next")}});
  ASSERT_THAT(world_.Send(), Succeeded());
  const auto received = world_.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_EQ(received->state, GroupState::kRestaging);
  world_.Restart();
  Epoch({{t().Add("last")}});
  EXPECT_THAT(Renamed(), IsEmpty());
}

TEST_F(NameReuseTest, CrashBeforeTheCommitIsRolledForward) {
  Epoch({{Write(kDaily, "first")}});
  Write({{TestTable::Remove(kDaily)}, {Write(kDaily, "second")}});
  ASSERT_THAT(world_.Send(), Succeeded());
  target().set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kCommit) co_return Fail(ErrorCode::kUnavailable, "crash");
    co_return Status{};
  }});
  EXPECT_FALSE(world_.Receive());
  target().set_hooks({});
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  ExpectRowsEqual();
  EXPECT_THAT(Renamed(), SizeIs(1));
}

TEST_F(NameReuseTest, WhatSomebodyElsePutUnderTheNameIsStillTold) {
  Epoch({{t().Add("other")}});
  target().Set(kDaily, "foreign");
  Write({{Write(kDaily, "first")}});
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "another file of this name"));
}

TEST_F(NameReuseTest, WhatSomebodyElsePutUnderTheSecondNameIsStillTold) {
  Epoch({{Write(kDaily, "first")}});
  Write({{TestTable::Remove(kDaily)}, {Write(kDaily, "second")}});
  ASSERT_THAT(world_.Send(), Succeeded());
  const auto name = delta::ReusedName(ObjectPath::Of(kDaily), 6, Crc64Of("second"));
  target().Set(name->text(), "SECOND");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, name->text()));
}

// A vector's name stands in its descriptor, with the offsets of many: it is no name to be given up.
TEST_F(NameReuseTest, DeletionVectorFileIsNeverRenamed) {
  const std::string file = "deletion_vector_61d16c75-6994-46b7-a15b-8b538852e50e.bin";
  const std::string field =
      R"(,"deletionVector":{"storageType":"u","pathOrInlineDv":"vBn[lx{q8@P<9BNH/isA","offset":1,)"
      R"("sizeInBytes":4,"cardinality":1})";
  world_.source().Set(file, "one vector");
  Epoch({{Write(kDaily, "first", field)}});
  world_.source().Set(file, "two vector");
  Write({{TestTable::Remove(kDaily, field)}, {Write(kDaily, "second", field)}});
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, file));
}

class MirrorNameReuseTest : public NameReuseTest {
 protected:
  MirrorNameReuseTest() : NameReuseTest(delta::ReplicationMode::kMirror) {}
};

TEST_F(MirrorNameReuseTest, IsHeldWithTableFileAndVersions) {
  Epoch({{Write(kDaily, "first"), t().Add("other")}});
  const auto before = Objects();
  Write({{TestTable::Remove(kDaily)}, {Write(kDaily, "again")}});
  ASSERT_THAT(world_.Send(), Succeeded());
  const auto held = world_.Receive();
  ASSERT_THAT(held, FailedWith(ErrorCode::kUnsupportedTable, "table 't': the source has used the file name"));
  EXPECT_THAT(ToString(held.error()), HasSubstr("commit version 2 took the file away, and commit version 3"));
  EXPECT_EQ(Objects(), before);
}

TEST_F(MirrorNameReuseTest, RemovalOfAnEpochBeforeIsFoundInTheMirrorsLog) {
  Epoch({{Write(kDaily, "first"), t().Add("other")}});
  Epoch({{TestTable::Remove(kDaily)}});
  Write({{Write(kDaily, "again")}});
  ASSERT_THAT(world_.Send(), Succeeded());
  const auto held = world_.Receive();
  ASSERT_FALSE(held);
  EXPECT_THAT(ToString(held.error()), HasSubstr("commit version 2 took the file away, and commit version 3"));
}

TEST_F(MirrorNameReuseTest, WithTheSameBytesIsNoTrouble) {
  Epoch({{Write(kDaily, "first"), t().Add("other")}});
  Epoch({{TestTable::Remove(kDaily)}, {Write(kDaily, "first")}});
}

TEST_F(MirrorNameReuseTest, AtAFreeTargetIsNoTrouble) {
  Epoch({{Write(kDaily, "first")}, {TestTable::Remove(kDaily)}, {Write(kDaily, "of another size")}});
}

TEST_F(MirrorNameReuseTest, WhatSomebodyElsePutUnderTheNameIsStillTold) {
  Epoch({{t().Add("other")}});
  target().Set(kDaily, "foreign");
  Write({{Write(kDaily, "first")}});
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "another file of this name"));
}

}  // namespace
}  // namespace lakeferry::engine
