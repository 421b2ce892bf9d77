#include "plan/change/net_change.h"

#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;
using delta::Succeeded;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kBaseTime = 1'000;
constexpr int64_t kLater = 2'000;

std::optional<delta::DeletionVector> Dv(const std::string& id) {
  if (id.empty()) return std::nullopt;
  return delta::DeletionVector{
      .storage_type = "i", .path_or_inline_dv = id, .offset = {}, .size_in_bytes = 1, .cardinality = 1};
}
delta::AddFile Add(std::string path, const std::string& dv = {}, int64_t modified = kLater, bool data_change = true) {
  delta::AddFile add;
  add.path = std::move(path);
  add.size = 10;
  add.modification_time = modified;
  add.data_change = data_change;
  add.deletion_vector = Dv(dv);
  return add;
}
delta::RemoveFile Remove(std::string path, const std::string& dv = {}, bool data_change = true) {
  delta::RemoveFile remove;
  remove.path = std::move(path);
  remove.data_change = data_change;
  remove.deletion_vector = Dv(dv);
  return remove;
}

class NetChangeTest : public ::testing::Test {
 protected:
  void Commit(std::vector<delta::RemoveFile> removes, std::vector<delta::AddFile> adds) {
    delta::Commit commit;
    commit.removes = std::move(removes);
    commit.adds = std::move(adds);
    ASSERT_THAT(net_.Apply(std::move(commit)), Succeeded());
  }
  // "path" or "path#vector".
  static std::string Key(const std::string& path, const std::optional<delta::DeletionVector>& dv) {
    return dv ? path + "#" + dv->path_or_inline_dv : path;
  }
  std::vector<std::string> Added() const {
    std::vector<std::string> keys;
    for (const auto& add : net_.Adds()) keys.push_back(Key(add.path, add.deletion_vector));
    return keys;
  }
  std::vector<std::string> Removed() const {
    std::vector<std::string> keys;
    for (const auto& remove : net_.Removes()) keys.push_back(Key(remove.path, remove.deletion_vector));
    return keys;
  }
  NetChange net_{kBaseTime};
};

TEST_F(NetChangeTest, NothingComesToNothing) {
  Commit({}, {});
  EXPECT_THAT(Added(), IsEmpty());
  EXPECT_THAT(Removed(), IsEmpty());
  EXPECT_FALSE(net_.data_change());
  EXPECT_FALSE(net_.removes_change_data());
}

TEST_F(NetChangeTest, AddOfANewFileGoesOverAndIsSent) {
  Commit({}, {Add("a")});
  EXPECT_THAT(Added(), ElementsAre("a"));
  EXPECT_THAT(Removed(), IsEmpty());
  EXPECT_FALSE(net_.WasLiveAtBase("a"));
}

TEST_F(NetChangeTest, FileAddedAndRemovedWithinTheRangeDoesNotAppear) {
  Commit({}, {Add("a"), Add("b")});
  Commit({Remove("a")}, {Add("c")});
  EXPECT_THAT(Added(), ElementsAre("b", "c"));
  EXPECT_THAT(Removed(), IsEmpty());
}

TEST_F(NetChangeTest, RemoveOfAFileOfTheBaseGoesOver) {
  Commit({Remove("old")}, {});
  EXPECT_THAT(Removed(), ElementsAre("old"));
  EXPECT_THAT(Added(), IsEmpty());
}

TEST_F(NetChangeTest, NewVectorOnAFileOfTheBaseSendsNoDataFile) {
  Commit({Remove("f")}, {Add("f", "v1", 500)});
  EXPECT_THAT(Removed(), ElementsAre("f"));
  EXPECT_THAT(Added(), ElementsAre("f#v1"));
  EXPECT_TRUE(net_.WasLiveAtBase("f"));
}

TEST_F(NetChangeTest, TwoVectorsOnAFileOfTheBaseEndInTheLast) {
  Commit({Remove("f")}, {Add("f", "v1", kLater)});
  Commit({Remove("f", "v1")}, {Add("f", "v2", kLater)});
  EXPECT_THAT(Removed(), ElementsAre("f"));
  EXPECT_THAT(Added(), ElementsAre("f#v2"));
}

// Writers keep the file's own modification time with a new vector, so the first vector cannot be told from one of the
// base: its removal goes over, and one too many does no harm.
TEST_F(NetChangeTest, VectorWithTheTimeOfAnOldFileIsRemovedToBeSafe) {
  Commit({Remove("f")}, {Add("f", "v1", 500)});
  Commit({Remove("f", "v1")}, {Add("f", "v2", 500)});
  EXPECT_THAT(Removed(), ElementsAre("f", "f#v1"));
  EXPECT_THAT(Added(), ElementsAre("f#v2"));
}

TEST_F(NetChangeTest, VectorOnAFileOfTheRangeStillSendsTheFile) {
  Commit({}, {Add("n")});
  Commit({Remove("n")}, {Add("n", "v1")});
  EXPECT_THAT(Added(), ElementsAre("n#v1"));
  EXPECT_THAT(Removed(), IsEmpty());
  EXPECT_FALSE(net_.WasLiveAtBase("n"));
}

TEST_F(NetChangeTest, AppendThatSaysItChangesNoDataIsNewAndSaysSo) {
  Commit({}, {Add("n", {}, kLater, false)});
  Commit({}, {Add("m")});
  EXPECT_FALSE(net_.WasLiveAtBase("n"));
  EXPECT_THAT(net_.unsure(), IsEmpty());
  ASSERT_THAT(Added(), ElementsAre("m", "n"));
  EXPECT_TRUE(net_.Adds()[0].data_change);
  EXPECT_FALSE(net_.Adds()[1].data_change);
}

TEST_F(NetChangeTest, OldFileWithoutChangeOfDataIsOneOfTheBaseOnlyOnceThatIsKnown) {
  Commit({}, {Add("again", "v", 500, false), Add("moved in", {}, 500, false)});
  ASSERT_THAT(net_.unsure(), ::testing::SizeIs(2));
  EXPECT_FALSE(net_.WasLiveAtBase("again"));
  std::map<std::string, NetChange::BaseFile> found;
  for (const auto& [key, file] : net_.unsure()) {
    if (file.path == "again") found.emplace(key, NetChange::BaseFile{.path = "again", .vector = {}, .size = file.size});
  }
  net_.SettleBase(found);
  EXPECT_TRUE(net_.WasLiveAtBase("again"));
  EXPECT_FALSE(net_.WasLiveAtBase("moved in"));
  for (const delta::AddFile& add : net_.Adds()) EXPECT_FALSE(add.data_change) << add.path;
}

delta::RemoveFile Sized(std::string path, int64_t size) {
  delta::RemoveFile remove = Remove(std::move(path));
  remove.size = size;
  return remove;
}
NetChange::BaseFile Base(std::string path, int64_t size) {
  return {.path = std::move(path), .vector = {}, .size = size};
}

TEST_F(NetChangeTest, ARemoveThatTellsTheSizeSaysWhatItTakesOut) {
  Commit({Sized("a", 7)}, {Add("n")});
  Commit({Sized("n", 10)}, {});
  EXPECT_FALSE(net_.NeedsBase());
  const auto files = net_.BaseFiles();
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files.at(0).path, "a");
  EXPECT_EQ(files.at(0).size, 7);
}

TEST_F(NetChangeTest, ARemoveWithoutASizeNeedsTheBaseAndIsGivenItsOwn) {
  Commit({Remove("a")}, {});
  EXPECT_TRUE(net_.NeedsBase());
  EXPECT_THAT(net_.BaseFiles(), IsEmpty());
  net_.SettleBase({{"a", Base("a", 7)}});
  EXPECT_FALSE(net_.NeedsBase());
  ASSERT_EQ(net_.BaseFiles().size(), 1U);
  ASSERT_EQ(net_.Removes().size(), 1U);
  EXPECT_EQ(net_.Removes()[0].size, 7);
}

TEST_F(NetChangeTest, WhatTheBaseDidNotHoldIsNotRemovedFromIt) {
  Commit({Remove("a")}, {});
  net_.SettleBase({});
  EXPECT_THAT(Removed(), IsEmpty());
  EXPECT_THAT(net_.BaseFiles(), IsEmpty());
}

// The base knows better than a remove that tells another size.
TEST_F(NetChangeTest, WhatTheBaseHoldsCountsMoreThanWhatARemoveTells) {
  Commit({Sized("a", 8), Remove("b")}, {});
  net_.SettleBase({{"a", Base("a", 7)}, {"b", Base("b", 7)}});
  ASSERT_EQ(net_.BaseFiles().size(), 2U);
  EXPECT_EQ(net_.BaseFiles().at(0).size, 7);
}

TEST_F(NetChangeTest, AnAddThatMayNameAFileOfTheBaseAgainNeedsTheBase) {
  Commit({}, {Add("new")});
  EXPECT_FALSE(net_.NeedsBase());
  Commit({}, {Add("old", {}, 500)});
  EXPECT_TRUE(net_.NeedsBase());
  NetChange unchanged(kBaseTime);
  delta::Commit commit;
  commit.adds = {Add("again", {}, kLater, false)};
  ASSERT_THAT(unchanged.Apply(commit), Succeeded());
  EXPECT_TRUE(unchanged.NeedsBase());
  EXPECT_THAT(unchanged.BaseFiles(), IsEmpty());
}

TEST_F(NetChangeTest, AnOldFileThatTheBaseHoldsAsItIsNeedsNoSending) {
  Commit({}, {Add("same", {}, 500), Add("other", {}, 500)});
  NetChange::BaseFile same = Base("same", 10);
  same.modification_time = 500;
  net_.SettleBase({{"same", same}, {"other", Base("other", 11)}});
  EXPECT_TRUE(net_.WasLiveAtBase("same"));
  EXPECT_FALSE(net_.WasLiveAtBase("other"));
  ASSERT_EQ(net_.Adds().size(), 2U);
  EXPECT_FALSE(net_.Adds()[1].data_change);
}

TEST_F(NetChangeTest, FileThatComesBackWithAChangeOfDataChangesIt) {
  Commit({}, {Add("n", {}, kLater, false)});
  Commit({Remove("n")}, {});
  Commit({}, {Add("n")});
  EXPECT_TRUE(net_.Adds()[0].data_change);
}

TEST_F(NetChangeTest, RecomputedStatisticsOfAnOldFileThatIsThenRemovedRemoveIt) {
  Commit({}, {Add("old", {}, 500, false)});
  Commit({Remove("old")}, {});
  EXPECT_THAT(Removed(), ElementsAre("old"));
  EXPECT_THAT(Added(), IsEmpty());
}

TEST_F(NetChangeTest, RecomputedStatisticsWithAFreshTimeThatAreThenRemovedRemoveTheFile) {
  Commit({}, {Add("old", {}, kLater, false)});
  Commit({Remove("old")}, {});
  EXPECT_THAT(Removed(), ElementsAre("old"));
}

TEST_F(NetChangeTest, FileRemovedAndAddedAgainIsOneAdd) {
  Commit({Remove("f")}, {});
  Commit({}, {Add("f", {}, 500)});
  EXPECT_THAT(Removed(), IsEmpty());
  EXPECT_THAT(Added(), ElementsAre("f"));
  EXPECT_TRUE(net_.WasLiveAtBase("f"));
}

// A file name used again: by what the actions say, another file.
class NameUsedAgainTest : public NetChangeTest {
 protected:
  // "f", ten bytes, is part of the base and leaves; what comes back under its name is `add`, a commit later.
  void Reuse(const delta::RemoveFile& remove, const delta::AddFile& add) {
    Commit({remove}, {});
    Commit({}, {add});
  }
  static delta::RemoveFile RemoveOfSize(int64_t size, const std::string& stats = {}) {
    delta::RemoveFile remove = Remove("f");
    remove.size = size;
    if (!stats.empty()) remove.stats = stats;
    return remove;
  }
  void ExpectAnother() {
    EXPECT_FALSE(net_.WasLiveAtBase("f"));
    ASSERT_THAT(Added(), ElementsAre("f"));
    EXPECT_TRUE(net_.Adds()[0].data_change);
  }
};

TEST_F(NameUsedAgainTest, YoungerThanAllOfTheBaseIsAnother) {
  Reuse(Remove("f"), Add("f", {}, kLater));
  ExpectAnother();
  EXPECT_THAT(net_.returned(), IsEmpty()) << "nothing to look up";
}

TEST_F(NameUsedAgainTest, OfAnotherSizeIsAnother) {
  Reuse(RemoveOfSize(11), Add("f", {}, 500));
  ExpectAnother();
}

TEST_F(NameUsedAgainTest, WithAnotherNumberOfRowsIsAnother) {
  delta::AddFile add = Add("f", {}, 500);
  add.stats = R"({"numRecords":4})";
  Reuse(RemoveOfSize(10, R"({"numRecords":3})"), add);
  ExpectAnother();
}

TEST_F(NameUsedAgainTest, WithAVectorAndAnotherSizeIsAnotherInOneCommitToo) {
  Commit({RemoveOfSize(11)}, {Add("f", "v1", 500)});
  EXPECT_FALSE(net_.WasLiveAtBase("f"));
}

TEST_F(NameUsedAgainTest, AsOldAndAsLargeIsTheSameUntilTheBaseSaysOther) {
  Reuse(RemoveOfSize(10, R"({"numRecords":3})"), Add("f", {}, 500));
  EXPECT_TRUE(net_.WasLiveAtBase("f"));
  ASSERT_TRUE(net_.returned().contains("f"));
  EXPECT_EQ(net_.returned().at("f").modification_time, 500);
  EXPECT_FALSE(net_.Adds()[0].data_change);
  net_.SetAnother("f");
  ExpectAnother();
}

TEST_F(NameUsedAgainTest, TwoThatDifferAreOtherThanTheFirst) {
  Reuse(Remove("f"), Add("f", {}, 500));
  Reuse(Remove("f"), Add("f", {}, 501));
  ExpectAnother();
}

// The source holds the bytes that were written last, whatever its log brings back.
TEST_F(NameUsedAgainTest, FirstFileBroughtBackAfterAnotherIsSentToo) {
  Reuse(Remove("f"), Add("f", {}, kLater));
  Reuse(Remove("f"), Add("f", {}, 500));
  ExpectAnother();
}

TEST_F(NameUsedAgainTest, NewVectorNeedsNoLookAtTheBase) {
  Commit({RemoveOfSize(10)}, {Add("f", "v1", 500)});
  EXPECT_TRUE(net_.WasLiveAtBase("f"));
  EXPECT_THAT(net_.returned(), IsEmpty());
}

TEST_F(NetChangeTest, FileRemovedAddedAndRemovedIsOneRemove) {
  Commit({Remove("f")}, {});
  Commit({}, {Add("f")});
  Commit({Remove("f")}, {});
  EXPECT_THAT(Removed(), ElementsAre("f"));
  EXPECT_THAT(Added(), IsEmpty());
}

TEST_F(NetChangeTest, FileAddedRemovedAndAddedAgainIsOneAdd) {
  Commit({}, {Add("f")});
  Commit({Remove("f")}, {});
  Commit({}, {Add("f")});
  EXPECT_THAT(Added(), ElementsAre("f"));
  EXPECT_THAT(Removed(), IsEmpty());
}

TEST_F(NetChangeTest, LaterAddOfAKeyReplacesItsFields) {
  Commit({}, {Add("f")});
  delta::AddFile again = Add("f", {}, kLater, false);
  again.stats = R"({"numRecords":1})";
  Commit({}, {again});
  ASSERT_THAT(Added(), ElementsAre("f"));
  EXPECT_EQ(net_.Adds()[0].stats, R"({"numRecords":1})");
}

TEST_F(NetChangeTest, OneFileWrittenInTwoSpellingsIsOne) {
  Commit({}, {Add("x//a%c3%a9")});
  Commit({Remove("x/a%C3%A9")}, {});
  EXPECT_THAT(Added(), IsEmpty());
  EXPECT_THAT(Removed(), IsEmpty());
}

TEST_F(NetChangeTest, CompactionAloneChangesNoData) {
  Commit({Remove("a", {}, false), Remove("b", {}, false)}, {Add("c", {}, kLater, false)});
  EXPECT_FALSE(net_.data_change());
  EXPECT_FALSE(net_.removes_change_data());
  EXPECT_THAT(Removed(), ElementsAre("a", "b"));
}

TEST_F(NetChangeTest, AppendThenCompactionChangesData) {
  Commit({}, {Add("a")});
  Commit({Remove("a", {}, false), Remove("old", {}, false)}, {Add("c", {}, kLater, false)});
  EXPECT_TRUE(net_.data_change());
  EXPECT_FALSE(net_.removes_change_data()) << "an append-only table may take these removes in";
  EXPECT_THAT(Added(), ElementsAre("c"));
  EXPECT_THAT(Removed(), ElementsAre("old"));
}

TEST_F(NetChangeTest, DeleteChangesDataByItsRemoves) {
  Commit({Remove("a")}, {});
  EXPECT_TRUE(net_.data_change());
  EXPECT_TRUE(net_.removes_change_data());
}

TEST_F(NetChangeTest, CompactionIsNotTakenForRecomputedStatistics) {
  Commit({Remove("a", {}, false)}, {Add("c", {}, kLater, false)});
  Commit({Remove("c", {}, false)}, {Add("d", {}, kLater, false)});
  EXPECT_THAT(Removed(), ElementsAre("a"));
  EXPECT_THAT(Added(), ElementsAre("d"));
}

TEST_F(NetChangeTest, NewestProtocolMetadataTransactionAndDomainWin) {
  for (int64_t i = 1; i <= 2; ++i) {
    delta::Commit commit;
    commit.protocol = delta::Protocol{.min_reader_version = static_cast<int32_t>(i)};
    commit.metadata.emplace();
    commit.metadata->id = std::to_string(i);
    commit.txns = {{.app_id = "app", .version = 10 - i, .last_updated = {}}};
    commit.domains = {{.domain = "d", .configuration = std::to_string(i), .removed = i == 2}};
    ASSERT_THAT(net_.Apply(std::move(commit)), Succeeded());
  }
  EXPECT_EQ(net_.protocol()->min_reader_version, 2);
  EXPECT_EQ(net_.metadata()->id, "2");
  EXPECT_EQ(net_.txns().at("app").version, 8) << "the newest, and not the highest";
  EXPECT_TRUE(net_.domains().at("d").removed);
}

TEST_F(NetChangeTest, PathThatLeavesTheTableIsRefused) {
  delta::Commit adds;
  adds.adds = {Add("../other/f")};
  EXPECT_THAT(net_.Apply(std::move(adds)), FailedWith(ErrorCode::kInvalidArgument, ".."));
  delta::Commit removes;
  removes.removes = {Remove("../other/f")};
  EXPECT_THAT(net_.Apply(std::move(removes)), FailedWith(ErrorCode::kInvalidArgument, ".."));
}

TEST_F(NetChangeTest, NewestTransactionsAndDomainsAreKeptUpToABound) {
  const auto commit = [](int64_t version, size_t bytes) {
    delta::Commit text;
    text.txns = {{.app_id = "app", .version = version, .last_updated = {}}};
    text.domains = {
        {.domain = "d" + std::to_string(version % 4), .configuration = std::string(bytes, 'c'), .removed = false}};
    return text;
  };
  for (int64_t version = 0; version < 40; ++version) {
    ASSERT_THAT(net_.Apply(commit(version, 6 << 20)), Succeeded());
  }
  EXPECT_EQ(net_.txns().at("app").version, 39);
  EXPECT_EQ(net_.domains().size(), 4U);
  EXPECT_THAT(net_.Apply(commit(40, 14 << 20)), FailedWith(ErrorCode::kUnsupportedTable, "more than 32 MiB"));
}

TEST_F(NetChangeTest, PlacesStayWithTheirActions) {
  delta::Commit first;
  first.adds = {Add("b"), Add("a"), Add("gone")};
  first.add_places = {10, 20, 30};
  first.removes = {Remove("old"), Remove("older")};
  first.remove_places = {40, -1};
  ASSERT_THAT(net_.Apply(std::move(first)), Succeeded());
  delta::Commit second;
  second.adds = {Add("b")};
  second.add_places = {50};
  second.removes = {Remove("gone")};
  second.remove_places = {60};
  ASSERT_THAT(net_.Apply(std::move(second)), Succeeded());
  EXPECT_THAT(Added(), ElementsAre("a", "b"));
  EXPECT_THAT(net_.AddPlaces(), ElementsAre(20, 50));
  EXPECT_THAT(Removed(), ElementsAre("old", "older"));
  EXPECT_THAT(net_.RemovePlaces(), ElementsAre(40, -1));
  net_.SettleBase({{"older", Base("older", 7)}});
  EXPECT_THAT(net_.RemovePlaces(), ElementsAre(-1));
}

}  // namespace
}  // namespace lakeferry::plan
