// Whatever an epoch holds that cannot be committed is found before its first object is placed, in whichever table it
// is: no target has changed, the epoch is refused with the reason, and the group goes on with the next.
#include <fmt/format.h>

#include "base/crc64.h"
#include "tests/engine/receive/damaged_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::HasSubstr;

// One change to the part of table b, the last of the group.
struct Hostile {
  std::string name;
  Change change;
  std::string error;
};

template <typename Base>
class HostileEpoch : public Base {
 protected:
  using Base::world_;

  void Stage() {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    Base::ExpectSent(2);
    before_ = Base::Targets();
  }
  // As it was left, refused and said so; what comes next brings the change.
  void ExpectRefused(const std::string& error) {
    const auto received = world_.Receive();
    ASSERT_FALSE(received);
    EXPECT_EQ(received.error().code, ErrorCode::kCorruptData);
    EXPECT_THAT(received.error().message, HasSubstr("table 'b'"));
    EXPECT_THAT(ToString(received.error()), HasSubstr(error));
    EXPECT_EQ(Base::Targets(), before_) << "no table has moved, and nothing lies about";
    EXPECT_EQ(Base::Journal(), "");
    const auto receipt = world_.ReceiptOf(2);
    ASSERT_TRUE(receipt);
    EXPECT_FALSE(receipt->applied);
    EXPECT_THAT(receipt->reason, HasSubstr(error));
    ExpectMended(3);
  }
  // What was edited is not what the sender remembers to have staged: it begins again with what is in staging.
  void ExpectMended(int64_t epoch) {
    world_.west_state.Clear();
    world_.Restart();
    Base::ExpectSent(epoch);
    Base::ExpectReceived(epoch);
    Base::ExpectAllSame();
  }
  void Judge(const Hostile& one) {
    SCOPED_TRACE(one.name);
    Stage();
    Base::Rewrite(2, 1, one.change);
    ExpectRefused(one.error);
  }

  std::map<std::string, std::string> before_;
};

class HostileClone : public HostileEpoch<DamagedManifest>, public ::testing::WithParamInterface<Hostile> {};
class HostileMirror : public HostileEpoch<DamagedManifestOfAMirror>, public ::testing::WithParamInterface<Hostile> {};

std::string NameOf(const ::testing::TestParamInfo<Hostile>& info) { return info.param.name; }

std::string HostileAdd(const std::string& path) {
  return R"({"add":{"path":")" + path + R"(","partitionValues":{},"size":10,"modificationTime":1,"dataChange":true}})";
}

std::vector<Hostile> HostileToClones() {
  const std::string add = R"({"add")";
  const std::string file = R"({"file")";
  const std::string path = R"("path":"f1")";
  return {
      {"AddOfAnotherFileSystem", InFrontOf(add, HostileAdd("file:///etc/passwd")), "by the absolute path"},
      {"AddOfTheTableBeside", InFrontOf(add, HostileAdd("../a/f0")), "names no file of the table"},
      {"AddThatNobodyBrought", InFrontOf(add, HostileAdd("f7")), "neither brings nor says to be there: f7"},
      {"AddOfAnInvalidPath", Instead(add, path, R"("path":"%zz")"), "names no file of the table"},
      {"RemoveOfTheTableBeside",
       InFrontOf(add, R"({"remove":{"path":"../a/f0","deletionTimestamp":1,"dataChange":true}})"),
       "a remove names no file of the table"},
      {"FileOfTheTableBeside", Instead(file, path, R"("path":"../a/f1")"), "leaves its root"},
      {"FileInTheLog", Instead(file, path, R"("path":"_delta_log/00000000000000000009.json")"), "placed in the log"},
      {"FileOfAnotherTable", Instead(file, "/b/f1", "/a/f1"), "not below orders/data/00000000000000000002/b"},
      {"FileOfAnotherEpoch", Instead(file, "data/00000000000000000002", "data/00000000000000000001"),
       "not below orders"},
      {"FileOfAnotherGroup", Instead(file, "orders/data", "sales/data"), "not below orders"},
      {"FileThatNoAddNames", Instead(add, path, R"("path":"f0")"), "an object that no add names: f1"},
      {"ProtocolOfTheFuture", InFrontOf(add, R"({"protocol":{"minReaderVersion":9,"minWriterVersion":9}})"),
       "is not known"},
      {"NoJson", Instead(add, "{", "["), "line 1"},
      {"CommitOfAMirror",
       InFrontOf(file, R"({"commit":{"version":9,"path":"_delta_log/00000000000000000009.json","size":1,)"
                       R"("crc64":"0000000000000000","staged":"x"}})"),
       "a part of a clone holds an object of the log"},
  };
}

TEST_P(HostileClone, IsRefusedBeforeAnythingIsPlaced) { Judge(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Records, HostileClone, ::testing::ValuesIn(HostileToClones()), NameOf);

std::vector<Hostile> HostileToMirrors() {
  const std::string commit = R"({"commit")";
  const std::string name = "_delta_log/00000000000000000002.json\"";
  return {
      {"CommitUnderAnotherName", Instead(commit, name, "_delta_log/other.json\""), "under another name"},
      {"CommitUnderTheNextName", Instead(commit, name, "_delta_log/00000000000000000003.json\""), "under another name"},
      {"CommitOfTheNextVersion",
       [=](std::string line) {
         line = Instead(commit, name, "_delta_log/00000000000000000003.json\"")(std::move(line));
         return Instead(commit, "\"version\":2", "\"version\":3")(std::move(line));
       },
       "do not end with version 2"},
      {"CommitOfAnotherGroup", Instead(commit, "orders/data", "sales/data"), "not below orders"},
      {"CommitOfAnotherTable", Instead(commit, "/b/_delta_log", "/a/_delta_log"), "not below orders"},
      {"NoCommit", Instead(commit, commit, R"({"logFile")"), "is no checkpoint up to version 2"},
      {"FutureCommitAsALogFile",
       InFrontOf(commit,
                 R"({"logFile":{"path":"_delta_log/00000000000000000003.json","size":1,"crc64":"0000000000000000",)"
                 R"("staged":"orders/data/00000000000000000002/b/x"}})"),
       "is no checkpoint up to version 2"},
      {"FileInTheLog", Instead(R"({"file")", R"("path":"f1")", R"("path":"_delta_log/00000000000000000003.json")"),
       "placed in the log"},
      {"ActionOfAClone", InFrontOf(R"({"file")", HostileAdd("f1")), "a part of a mirror holds an action"},
  };
}

TEST_P(HostileMirror, IsRefusedBeforeAnythingIsPlaced) { Judge(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Records, HostileMirror, ::testing::ValuesIn(HostileToMirrors()), NameOf);

class HostileManifest : public HostileEpoch<DamagedManifest> {};

TEST_F(HostileManifest, CountsThatTheirPartsDoNotHoldAreRefused) {
  Stage();
  Edit(2, [](plan::Manifest& manifest) { manifest.tables[1].bytes += 1; });
  ExpectRefused("the manifest tells of");
}

TEST_F(HostileManifest, PartOfOtherLinesIsRefused) {
  Stage();
  Edit(2, [](plan::Manifest& manifest) { ++manifest.tables[1].parts[0].lines; });
  ExpectRefused("is not the one it names");
}

TEST_F(HostileManifest, PartOfOtherBytesIsRefused) {
  Stage();
  Edit(2, [](plan::Manifest& manifest) { ++manifest.tables[1].parts[0].bytes; });
  ExpectRefused("is not the one it names");
}

TEST_F(HostileManifest, PartThatIsThereTwiceIsRefused) {
  Stage();
  Edit(2, [](plan::Manifest& manifest) {
    plan::ManifestTable& table = manifest.tables[1];
    table.parts.push_back(table.parts[0]);
    table.adds = table.files = 2;
    table.bytes *= 2;
  });
  ExpectRefused("behind those that come after its kind");
}

TEST_F(HostileManifest, TableThatHasNotChangedAndBringsAChangeIsRefused) {
  Stage();
  Edit(2, [](plan::Manifest& manifest) { manifest.tables[1].base_version = manifest.tables[1].source_version; });
  ExpectRefused("has not changed, and brings a change");
}

// A clone writes an empty commit for every version that its rows are ahead of it.
TEST_F(HostileManifest, RowsOfAVersionThatNoTableHasAreRefused) {
  Stage();
  Edit(2, [](plan::Manifest& manifest) { manifest.tables[1].source_version = Version(int64_t{1} << 60); });
  Rewrite(
      2, 1,
      Instead(R"({"add")", R"("dataChange":true)", R"("dataChange":true,"defaultRowCommitVersion":1000000000000000)"));
  ExpectRefused("empty commits to have it");
}

class HostileFirstEpoch : public HostileEpoch<DamagedManifest> {};

// Nothing at the target has a part in it.
TEST_F(HostileFirstEpoch, WholeTableOfOtherFilesThanItsManifestSaysIsRefused) {
  world_.CreateAll();
  ExpectSent(1);
  Edit(1, [](plan::Manifest& manifest) { manifest.tables[1].live_set = {}; });
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "and its manifest says 0 files"));
  for (const auto* table : {"a", "b"}) EXPECT_FALSE(world_.target(table).objects().contains(TestTable::LogName(0)));
  ExpectMended(2);
}

TEST_F(HostileFirstEpoch, WholeTableOfAnUnreadablePartLeavesTheTargetsEmpty) {
  world_.CreateAll();
  ExpectSent(1);
  Rewrite(1, 1, Instead(R"({"file")", R"("path":"f0")", R"("path":"../a/f0")"));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "leaves its root"));
  EXPECT_TRUE(Targets().empty());
  ExpectMended(2);
}

// A clone's log that holds the epoch is not answered with a refusal, whatever was done to the parts since.
TEST_F(HostileFirstEpoch, EpochThatALogHoldsAlreadyIsNotRefused) {
  HalfApplySecondEpoch();
  world_.east_state.Clear();
  world_.Restart();
  world_.staging().objects().erase(PartOf(2, 1));
  const auto received = world_.Receive();
  EXPECT_THAT(received, FailedWith(ErrorCode::kCorruptData, "a staged object is missing"));
  EXPECT_THAT(received.error().remedy, HasSubstr("a journaled epoch is not refused any more"));
  EXPECT_FALSE(world_.ReceiptOf(2));
}

// What a mirror's commits say is what readers of the mirror follow.
class HostileCommit : public HostileEpoch<DamagedManifestOfAMirror>, public ::testing::WithParamInterface<Hostile> {
 protected:
  // Swaps the staged commit of table b in an epoch, whose part is made to agree with it.
  void SwapCommit(int64_t epoch, int64_t version, const Change& change) {
    const std::string name =
        plan::StagingLayout("orders").TableData(Epoch(epoch), "b").text() + "/" + TestTable::LogName(version);
    const std::string old = world_.Text(world_.staging(), name);
    std::string text;
    for (size_t at = 0; at < old.size();) {
      const size_t end = old.find('\n', at);
      text += change(old.substr(at, end - at)) + "\n";
      at = end + 1;
    }
    world_.staging().Set(name, text);
    const auto fields = [](const std::string& bytes) {
      return fmt::format(R"("size":{},"crc64":"{:016x}")", bytes.size(), Crc64Of(bytes));
    };
    Rewrite(epoch, 1, Instead(R"({"commit":{"version":)" + std::to_string(version), fields(old), fields(text)));
  }
};

std::vector<Hostile> HostileCommits() {
  const std::string add = R"({"add")";
  const std::string path = R"("path":"f1")";
  return {
      {"AddOfAnotherFileSystem", Instead(add, path, R"("path":"file:///etc/passwd")"), "by the absolute path"},
      {"AddOfTheTableBeside", Instead(add, path, R"("path":"../a/f1")"), "leaves the root of its table"},
      {"AddThatNobodyBrought", Instead(add, path, R"("path":"f9")"), "neither brings nor says to be there: f9"},
      {"AddInTheLog", Instead(add, path, R"("path":"_delta_log/x")"), "an object of the log"},
      {"RemoveOfAnotherFileSystem",
       InFrontOf(add, R"({"remove":{"path":"file:///x","deletionTimestamp":1,"dataChange":true}})"),
       "a remove names a file outside of the table"},
      {"ChangeFileOfTheTableBeside",
       InFrontOf(add, R"({"cdc":{"path":"../a/f1","partitionValues":{},"size":1,"dataChange":false}})"),
       "names no file of the table"},
      {"VectorElsewhere",
       Instead(add, R"("dataChange":true)",
               R"("dataChange":true,"deletionVector":{"storageType":"p","pathOrInlineDv":"file:///v","sizeInBytes":1,)"
               R"("cardinality":1})"),
       "deletion vector lies outside its table"},
      {"VectorThatNobodyBrought",
       Instead(add, R"("dataChange":true)",
               R"("dataChange":true,"deletionVector":{"storageType":"u","pathOrInlineDv":"vBn[lx{q8@P<9BNH/isA",)"
               R"("sizeInBytes":1,"cardinality":1})"),
       "adds a deletion vector that the epoch neither brings"},
      {"NoJson", Instead(add, "{", "["), "line 2"},
  };
}

// The files are placed by then, which no reader sees; nothing is committed.
TEST_P(HostileCommit, IsRefusedBeforeTheJournal) {
  Stage();
  SwapCommit(2, 2, GetParam().change);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, GetParam().error));
  EXPECT_EQ(world_.Live(world_.target("a")), std::vector<std::string>{"f0"}) << "table a was not begun";
  EXPECT_FALSE(world_.target("b").objects().contains(TestTable::LogName(2)));
  EXPECT_EQ(Journal(), "");
  ASSERT_TRUE(world_.ReceiptOf(2));
  EXPECT_FALSE(world_.ReceiptOf(2)->applied);
  ExpectMended(3);
}
INSTANTIATE_TEST_SUITE_P(Actions, HostileCommit, ::testing::ValuesIn(HostileCommits()), NameOf);

// Of a whole table every commit is looked at, whatever checkpoint covers it.
TEST_F(HostileCommit, OfAWholeTableIsRefusedToo) {
  world_.CreateAll();
  ExpectSent(1);
  SwapCommit(1, 1, Instead(R"({"add")", R"("path":"f0")", R"("path":"file:///f0")"));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "by the absolute path"));
  for (const auto* table : {"a", "b"}) EXPECT_FALSE(world_.target(table).objects().contains(TestTable::LogName(0)));
  ASSERT_TRUE(world_.ReceiptOf(1));
}

TEST_F(HostileCommit, OfAWholeTableWhoseFileNobodyBroughtIsRefusedToo) {
  world_.CreateAll();
  ExpectSent(1);
  SwapCommit(1, 1, Instead(R"({"add")", R"("path":"f0")", R"("path":"f9")"));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "neither brings nor says to be there: f9"));
}

// What no reader of the log can read is of the epoch as well, and no damage of the target's log.
TEST_F(HostileCommit, OfAWholeTableThatIsNoJsonIsRefusedToo) {
  world_.CreateAll();
  ExpectSent(1);
  SwapCommit(1, 1, Instead(R"({"add")", "{", "["));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "line 2"));
  ASSERT_TRUE(world_.ReceiptOf(1));
  EXPECT_FALSE(world_.ReceiptOf(1)->applied);
  ExpectMended(2);
}

// A mirror's checkpoint may come when its version is there already: it is verified before the journal like all else.
TEST_F(HostileCommit, CheckpointOfAVersionThatIsThereIsVerifiedBeforeTheJournal) {
  world_.FirstEpoch();
  const std::string checkpoint = "_delta_log/00000000000000000001.checkpoint.parquet";
  world_.source("b").Set(checkpoint, world_.Text(world_.source("b"), TestTable::LogName(0)) +
                                         world_.Text(world_.source("b"), TestTable::LogName(1)));
  world_.InRun("r1", [&] { a().Commit({a().Add("f1")}); });
  ExpectSent(2);
  ASSERT_EQ(world_.ManifestOf(2).tables[1].base_version, world_.ManifestOf(2).tables[1].source_version);
  ASSERT_FALSE(world_.ManifestOf(2).tables[1].parts.empty());
  const auto before = Targets();
  world_.staging().Set("orders/data/00000000000000000002/b/" + checkpoint, "damaged");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "not what left"));
  EXPECT_EQ(Journal(), "");
  ASSERT_TRUE(world_.ReceiptOf(2));
  EXPECT_FALSE(world_.ReceiptOf(2)->applied);
}

}  // namespace
}  // namespace lakeferry::engine
