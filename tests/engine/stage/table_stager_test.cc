// The way of a cut into staging.
#include "engine/stage/table_stager.h"

#include <fmt/format.h>

#include "plan/document/document_sizes.h"
#include "tests/engine/change/table_change_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kStagedF1 = "orders/data/00000000000000000001/t/f1";

class TableStagerTest : public TableChangeTest {
 protected:
  Result<plan::ManifestTable> Stage(TableChange change, bool leftovers = false, std::stop_token stop = {}) {
    TableStager stager(world_.west, area_, world_.source(), world_.spec.tables[0], Epoch(1), mode_, leftovers);
    return world_.Run(stager.Stage({.stop = std::move(stop)}, std::move(change)));
  }
  // Where the manifest says that an object is.
  std::string StagedName(const plan::ManifestTable& table, const std::string& path) {
    struct Finder : plan::PartSink {
      std::string path;
      std::string staged;
      Status OnFile(plan::StagedFile&& file) override {
        if (file.path.text() == path) staged = file.staged.text();
        return {};
      }
    };
    Finder finder;
    finder.path = path;
    for (const plan::ManifestPart& part : table.parts) {
      EXPECT_THAT(world_.Run(area_.ReadPart({}, Epoch(1), part, finder)), Succeeded());
    }
    return finder.staged;
  }

  delta::ReplicationMode mode_ = delta::ReplicationMode::kClone;
  StagingArea area_{std::shared_ptr<ObjectStore>(&world_.staging(), [](ObjectStore*) {}), plan::StagingOf(world_.spec),
                    world_.west};
};

TEST_F(TableStagerTest, StagedTableNamesEveryObjectWithItsChecksum) {
  Plain();
  const auto table = Stage(*Read({}));
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(table->files, 2);
  EXPECT_EQ(table->bytes, 20);
  EXPECT_THAT(world_.Staged("orders/data/"),
              ElementsAre("orders/data/00000000000000000001/t/f0", "orders/data/00000000000000000001/t/f1"));
  ASSERT_EQ(table->parts.size(), 1U);
  EXPECT_EQ(table->parts[0].lines, 6) << "protocol, metaData, two adds, two files";
}

class PartWriterTest : public TableStagerTest {
 protected:
  PartWriterTest() {
    table_.name = "t";
    table_.base_version = Version(0);
    table_.source_version = Version(1);
    table_.adds = 1;
  }
  plan::ManifestTable table_;
};

TEST_F(PartWriterTest, AddOfAnObjectThatNobodyBringsIsNamedAndNotPublished) {
  constexpr auto kAdd =
      R"({"add":{"path":"lost","partitionValues":{},"size":3,"modificationTime":1,"dataChange":true}})";
  PartWriter parts(area_, Epoch(1), mode_, table_, world_.west);
  ASSERT_THAT(world_.Run(parts.Append({}, kAdd)), Succeeded());
  EXPECT_THAT(world_.Run(parts.Finish({})), FailedWith(ErrorCode::kUnsupportedTable, "lost"));
  // The part is read again for the name.
  PartWriter again(area_, Epoch(2), mode_, table_, world_.west);
  ASSERT_THAT(world_.Run(again.Append({}, kAdd)), Succeeded());
  world_.staging().set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kGet) co_return Fail(ErrorCode::kUnavailable, "away");
    co_return Status{};
  }});
  EXPECT_THAT(world_.Run(again.Finish({})), FailedWith(ErrorCode::kUnavailable, "away"));
}

TEST_F(PartWriterTest, WhatTheReceiverCouldNotTakeIsNotPut) {
  constexpr auto kAdd =
      R"({"add":{"path":"../x","partitionValues":{},"size":3,"modificationTime":1,"dataChange":true}})";
  PartWriter parts(area_, Epoch(1), mode_, table_, world_.west);
  ASSERT_THAT(world_.Run(parts.Append({}, kAdd)), Succeeded());
  EXPECT_THAT(world_.Run(parts.Finish({})), FailedWith(ErrorCode::kUnsupportedTable, "could not take"));
  EXPECT_THAT(world_.Staged("orders/"), IsEmpty());
}

TEST_F(TableStagerTest, PartsAreClosedAtTheirSize) {
  Plain();
  Environment env = world_.west;
  env.limits.manifest_part_bytes = 100;
  TableStager stager(env, area_, world_.source(), world_.spec.tables[0], Epoch(1), delta::ReplicationMode::kClone,
                     false);
  const auto table = world_.Run(stager.Stage({}, *Read({})));
  ASSERT_THAT(table, Succeeded());
  EXPECT_GT(table->parts.size(), 3U);
  int64_t lines = 0;
  for (const plan::ManifestPart& part : table->parts) lines += part.lines;
  EXPECT_EQ(lines, 6);
}

// What the receiver reads of a part has a bound: a long line is a part by itself where the two are more.
TEST_F(TableStagerTest, NoPartIsLongerThanIsRead) {
  Plain();
  const std::string tags(10 << 20, 'x');
  const auto heavy = [this, &tags](const std::string& path) {
    return t().Add(path, R"(,"tags":{"t":")" + tags + "\"}");
  };
  t().Commit({heavy("g0"), heavy("g1"), heavy("g2")});
  Environment env = world_.west;
  env.limits.manifest_part_bytes = plan::kPartBytesMax - 1000;
  TableStager stager(env, area_, world_.source(), world_.spec.tables[0], Epoch(1), delta::ReplicationMode::kClone,
                     false);
  const auto table = world_.Run(stager.Stage({}, *Read({})));
  ASSERT_THAT(table, Succeeded());
  EXPECT_GE(table->parts.size(), 3U);
  for (const plan::ManifestPart& part : table->parts) EXPECT_LE(part.bytes, plan::kPartBytesMax);
}

TEST_F(TableStagerTest, FileThatTheCutNeedsAndThatIsGoneIsNamed) {
  Plain();
  world_.source().objects().erase("f1");
  EXPECT_THAT(Stage(*Read({})), FailedWith(ErrorCode::kSourceMovedOn, "mem://west/t/f1"));
}

TEST_F(TableStagerTest, FileBetweenTwoCutsThatIsGoneIsLeftOut) {
  Plain();
  t().Commit({t().Add("between")});
  t().Commit({TestTable::Remove("between")});
  world_.source().objects().erase("between");
  mode_ = delta::ReplicationMode::kMirror;
  const auto table = Stage(*Mirror(2));
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(table->files, 0);
  EXPECT_TRUE(world_.log.Has("object between two cuts is gone"));
}

// Left out it would make versions of a mirror unreadable for good.
TEST_F(TableStagerTest, FileBetweenTwoCutsThatIsReplacedAmidAReadIsReadAgain) {
  Plain();
  t().Commit({t().Add("between")});
  t().Commit({TestTable::Remove("between")});
  mode_ = delta::ReplicationMode::kMirror;
  int asked = 0;
  world_.source().set_hooks(
      {.before_effect = [&asked](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
         const bool reads = operation == StoreOperation::kGet || operation == StoreOperation::kRead;
         if (!reads || path.text() != "between" || ++asked > 1) co_return Status{};
         co_return Fail(ErrorCode::kCorruptData, "the object was replaced meanwhile", path.text());
       },
       .after_effect = {}});
  const auto table = Stage(*Mirror(2));
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(table->files, 1);
  EXPECT_EQ(asked, 2);
}

TEST_F(TableStagerTest, FileBetweenTwoCutsOfAnotherSizeThanTheLogSaysIsLeftOut) {
  Plain();
  t().Commit({t().Add("between")});
  t().Commit({TestTable::Remove("between")});
  world_.source().Set("between", "short");
  mode_ = delta::ReplicationMode::kMirror;
  const auto table = Stage(*Mirror(2));
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(table->files, 0);
  EXPECT_TRUE(world_.log.Has("5 bytes where"));
}

TEST_F(TableStagerTest, FileOfAnotherSizeThanTheLogSaysIsCorrupt) {
  Plain();
  world_.source().Set("f1", "short");
  const auto staged = Stage(*Read({}));
  EXPECT_THAT(staged, FailedWith(ErrorCode::kCorruptData, "5 bytes where 10"));
  EXPECT_THAT(staged, FailedWith(ErrorCode::kCorruptData, "table 't'"));
  EXPECT_THAT(staged, FailedWith(ErrorCode::kCorruptData, "mem://west/t/f1"));
  EXPECT_THAT(world_.Staged("orders/data/00000000000000000001/t/f1"), IsEmpty());
}

TEST_F(TableStagerTest, LeftoversOfAnEarlierAttemptAreNotCopiedAgain) {
  Plain();
  const auto first = Stage(*Read({}));
  ASSERT_THAT(first, Succeeded());
  int writes = 0;
  world_.staging().set_hooks(
      {.before_effect = [&writes](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
        const bool write = operation == StoreOperation::kBegin || operation == StoreOperation::kPutIfAbsent;
        if (write && path.text().find("/data/") != std::string::npos) ++writes;
        co_return Status{};
      }});
  const auto second = Stage(*Read({}), true);
  ASSERT_THAT(second, Succeeded());
  EXPECT_EQ(writes, 0);
  EXPECT_EQ(*second, *first);
}

TEST_F(TableStagerTest, ALostAnswerAmongFilesThatGoTogetherIsSettledByItself) {
  Plain();
  t().Commit({t().Add("f2"), t().Add("f3")});
  world_.staging().set_hooks(
      {.after_effect = [](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
        const bool lost = operation == StoreOperation::kPutIfAbsent && path.text() == kStagedF1;
        if (lost) co_return Fail(ErrorCode::kOutcomeUnknown, "the answer was lost");
        co_return Status{};
      }});
  const auto table = Stage(*Read({}));
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(table->files, 4);
  EXPECT_EQ(StagedName(*table, "f1"), kStagedF1);
}

TEST_F(TableStagerTest, AFailedWriteAmongFilesThatGoTogetherIsTheErrorOfItsTable) {
  Plain();
  world_.staging().set_hooks(
      {.before_effect = [](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
        const bool full = operation == StoreOperation::kPutIfAbsent && path.text() == kStagedF1;
        if (full) co_return Fail(ErrorCode::kOutOfSpace, "no space left");
        co_return Status{};
      }});
  const auto staged = Stage(*Read({}));
  EXPECT_THAT(staged, FailedWith(ErrorCode::kOutOfSpace, "no space left"));
  EXPECT_THAT(staged, FailedWith(ErrorCode::kOutOfSpace, "table 't'"));
}

// A leftover that is not what the source holds is neither named nor deleted: another sender may name it meanwhile.
TEST_F(TableStagerTest, LeftoverOfAnotherSizeIsLeftAndAvoided) {
  Plain();
  world_.staging().Set(kStagedF1, "half");
  const auto table = Stage(*Read({}), true);
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(world_.Text(world_.staging(), kStagedF1), "half");
  EXPECT_EQ(StagedName(*table, "f1"), kStagedF1 + ".1");
  EXPECT_EQ(world_.Text(world_.staging(), kStagedF1 + ".1"), "data of f1");
}

TEST_F(TableStagerTest, LeftoverOfEqualSizeWithOtherBytesIsNotNamed) {
  Plain();
  world_.staging().Set(kStagedF1, "DATA of f1");
  const auto table = Stage(*Read({}), true);
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(StagedName(*table, "f1"), kStagedF1 + ".1");
  EXPECT_EQ(world_.Text(world_.staging(), kStagedF1 + ".1"), "data of f1");
}

TEST_F(TableStagerTest, WhatWasPutBesideALeftoverIsKeptByTheNextAttempt) {
  Plain();
  world_.staging().Set(kStagedF1, "half");
  const auto first = Stage(*Read({}), true);
  ASSERT_THAT(first, Succeeded());
  const auto names = world_.Staged("");
  const auto second = Stage(*Read({}), true);
  ASSERT_THAT(second, Succeeded());
  EXPECT_EQ(*second, *first);
  EXPECT_EQ(world_.Staged(""), names);
}

TEST_F(TableStagerTest, SourceFileNamedLikeTheObjectBesideAnotherHasAPlaceToo) {
  Plain();
  t().Commit({t().Add("f1.1")});
  world_.staging().Set(kStagedF1, "half");
  const auto table = Stage(*Read({}), true);
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(world_.Text(world_.staging(), StagedName(*table, "f1")), "data of f1");
  EXPECT_EQ(world_.Text(world_.staging(), StagedName(*table, "f1.1")), "data of f1.1");
}

TEST_F(TableStagerTest, ObjectWithoutAFreeNameIsRefused) {
  Plain();
  world_.staging().Set(kStagedF1, "of another");
  for (int n = 1; n < 8; ++n) world_.staging().Set(fmt::format("{}.{}", kStagedF1, n), "of another");
  EXPECT_THAT(Stage(*Read({}), true), FailedWith(ErrorCode::kRefused, "other bytes are staged already"));
}

TEST_F(TableStagerTest, LeftoverOfASourceFileThatIsNotWhatTheLogSaysIsCorrupt) {
  Plain();
  world_.source().Set("f1", "short");
  world_.staging().Set("orders/data/00000000000000000001/t/f1", "short");
  EXPECT_THAT(Stage(*Read({}), true), FailedWith(ErrorCode::kCorruptData, "5 bytes where 10"));
}

TEST_F(TableStagerTest, ObjectOfAnotherSenderIsNotOverwritten) {
  Plain();
  world_.staging().Set(kStagedF1, "of another");
  const auto table = Stage(*Read({}));
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(world_.Text(world_.staging(), kStagedF1), "of another");
  EXPECT_EQ(world_.Text(world_.staging(), StagedName(*table, "f1")), "data of f1");
}

// Another sender, or whoever damages staging, is at work on the object while it is compared.
TEST_F(TableStagerTest, AStagedObjectThatChangesWhileItIsReadIsNoFaultOfTheSource) {
  Plain();
  world_.staging().Set(kStagedF1, "data of f1");
  world_.staging().set_hooks(
      {.before_effect = [](std::string uri, StoreOperation operation, ObjectPath path) -> Task<Status> {
        if (operation != StoreOperation::kOpen || path.text() != kStagedF1) co_return Status{};
        co_return Fail(ErrorCode::kCorruptData, "the file changed while it was read", uri + "/" + path.text());
      }});
  const auto table = Stage(*Read({}), true);
  ASSERT_THAT(table, FailedWith(ErrorCode::kUnavailable, "a staged object cannot be compared"));
  EXPECT_EQ(table.error().where.text(), std::string(world_.staging().uri()) + "/" + kStagedF1);
  EXPECT_THAT(ToString(table.error()), ::testing::Not(::testing::HasSubstr("the source does not hold")));
}

TEST_F(TableStagerTest, PathThatIsTooLongBelowStagingIsAnErrorAndNoCrash) {
  t().Create();
  t().Commit({t().Add(std::string(1'000, 'x'))});
  mode_ = delta::ReplicationMode::kMirror;  // a clone gives it a shorter name
  EXPECT_THAT(Stage(*Mirror({})), FailedWith(ErrorCode::kInvalidArgument, "longer than 1024 bytes"));
}

TEST_F(TableStagerTest, StopEndsTheCopying) {
  Plain();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(Stage(*Read({}), false, stop.get_token()), FailedWith(ErrorCode::kCancelled, "stopped"));
}

TEST_F(TableStagerTest, NameThatHasNoRoomForAnotherBesideItIsSaidToBe) {
  t().Create();
  const std::string folder = "orders/data/00000000000000000001/t/";
  std::string path(1'024 - folder.size(), 'a');
  for (size_t at = 200; at < path.size(); at += 200) path[at] = '/';
  t().Commit({t().Add(path)});
  world_.staging().Set(folder + path, "other");
  mode_ = delta::ReplicationMode::kMirror;
  EXPECT_THAT(Stage(*Mirror({}), true), FailedWith(ErrorCode::kInvalidArgument, "longer than"));
}

}  // namespace
}  // namespace lakeferry::engine
