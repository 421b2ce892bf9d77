// Sources that hold what the receiver could not take: the sender says so by table and version before it publishes
// anything, and goes on by itself once the source is mended.
#include <fmt/format.h>

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::HasSubstr;

class SourceFaults : public GroupReceiverTest {
 protected:
  void SetUp() override { world_.FirstEpoch(); }
  void Write(const std::string& run, const std::vector<std::string>& lines) {
    world_.InRun(run, [&] { a().Commit(lines); });
  }
  void ExpectNothingPublished(int64_t epoch) {
    EXPECT_FALSE(world_.staging().objects().contains(plan::StagingLayout("orders").Manifest(Epoch(epoch)).text()));
  }
  void ExpectGoesOn(int64_t epoch) {
    world_.sender->book().SetStage(plan::GroupStage::kFailed);
    ExpectSent(epoch);
    ExpectReceived(epoch);
    ExpectAllSame();
  }
  static std::string AddLine(const std::string& path, const std::string& fields) {
    return R"({"add":{"path":")" + path + R"(","partitionValues":{},"dataChange":true,)" + fields + "}}";
  }
};

constexpr const char* kVectorInLog =
    R"(,"deletionVector":{"storageType":"u","pathOrInlineDv":"_delta_logvBn[lx{q8@P<9BNH/isA","offset":1,)"
    R"("sizeInBytes":36,"cardinality":2})";

TEST_F(SourceFaults, VectorInTheLogIsRefusedUntilItIsRemoved) {
  Write("r1", {a().Add("f1", kVectorInLog)});
  EXPECT_THAT(world_.Send(),
              FailedWith(ErrorCode::kRefused, "table 'a': the log names an object of its own as a deletion vector"));
  ExpectNothingPublished(2);
  Write("r2", {TestTable::Remove("f1", kVectorInLog), a().Add("f2")});
  ExpectGoesOn(2);
}

TEST_F(SourceFaults, RunWhoseIdIsNoTextHoldsUntilItIsTakenOut) {
  world_.AppendAll("r\xff", "f1");
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kInvalidArgument, "run's name is not UTF-8 (r\\xff)"));
  ExpectNothingPublished(2);
  world_.workflows.runs["nightly"].back().run_id = "r1";
  ExpectGoesOn(2);
}

TEST_F(SourceFaults, GreatestModificationTimeGoesOverAsItIs) {
  a().store().Set("f1", "data of f1");
  Write("r1", {AddLine("f1", R"("size":10,"modificationTime":9223372036854775807)")});
  ExpectGoesOn(2);
  EXPECT_EQ(world_.ManifestOf(2).tables[0].newest_file_ms, INT64_MAX);
  EXPECT_THAT(world_.Text(world_.target("a"), TestTable::LogName(1)), HasSubstr("9223372036854775807"));
  world_.Restart();
  world_.AppendAll("r2", "f2");
  ExpectGoesOn(3);
}

TEST_F(SourceFaults, SizeThatIsNoneIsRefusedByNameUntilTheFileIsRemoved) {
  constexpr const char* kInline =
      R"(,"deletionVector":{"storageType":"i","pathOrInlineDv":"x","sizeInBytes":3,"cardinality":1})";
  Write("r1", {TestTable::Remove("f0"), AddLine("f0", R"("size":-5,"modificationTime":1)" + std::string(kInline))});
  EXPECT_THAT(world_.Send(),
              FailedWith(ErrorCode::kUnsupportedTable, "table 'a', version 2: the receiver could not take"));
  ExpectNothingPublished(2);
  Write("r2", {TestTable::Remove("f0", kInline), a().AddAgain("f0"), a().Add("f2")});
  ExpectGoesOn(2);
}

TEST_F(SourceFaults, LineThatLeavesNoRoomIsRefusedByNameUntilTheFileIsRemoved) {
  const std::string stats(delta::kPartLineBytesMax - 100, 's');
  Write("r1", {a().Add("f1", R"(,"stats":")" + stats + "\"")});
  EXPECT_THAT(world_.Send(),
              FailedWith(ErrorCode::kUnsupportedTable, R"(bytes, of which 16646144 are carried: {"add":{"path":"f1")"));
  ExpectNothingPublished(2);
  Write("r2", {TestTable::Remove("f1"), a().Add("f2")});
  ExpectGoesOn(2);
}

// The receiver adds to the line, and the remove that it makes of it is read again.
TEST_F(SourceFaults, LongestLineThatIsCarriedIsReadToTheEnd) {
  const std::string add = a().Add("f1", R"(,"stats":"")");
  const std::string stats(delta::kPartLineBytesMax - add.size(), 's');
  Write("r1", {a().AddAgain("f1", R"(,"stats":")" + stats + R"(","tags":{})")});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnsupportedTable, "are carried")) << "10 bytes more";
  world_.InRun("r2", [&] {
    a().Commit({TestTable::Remove("f1")});
    a().Commit({a().AddAgain("f1", R"(,"stats":")" + stats + "\"")});
  });
  ExpectGoesOn(2);
  Write("r3", {TestTable::Remove("f1"), a().Add("f3")});
  ExpectGoesOn(3);
}

TEST_F(SourceFaults, LongPathLeavesRoomForItsNameWhenItIsUsedAgain) {
  const std::string path = "d/" + std::string(delta::kClonePathBytesMax, 'p');
  Write("r1", {a().Add(path)});
  ExpectSent(2);
  ExpectReceived(2);
  Write("r2", {TestTable::Remove(path, fmt::format(R"(,"size":{})", path.size() + 8))});
  ExpectSent(3);
  ExpectReceived(3);
  a().store().Set(path, "other data");
  a().written_.erase(path);
  Write("r3", {AddLine(path, fmt::format(R"("size":10,"modificationTime":{})", ToEpochMs(world_.clock.WallTime())))});
  ExpectSent(4);
  ExpectReceived(4);
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).files.Sorted().size(), 2U);
}

}  // namespace
}  // namespace lakeferry::engine
