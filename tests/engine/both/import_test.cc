// Tables that name files outside themselves, as shallow clones do, through both roles.
#include <fmt/format.h>

#include "delta/import_name.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kOrigin = "mem://west/origin";
constexpr std::string_view kVectorFile = "deletion_vector_61d16c75-6994-46b7-a15b-8b538852e50e.bin";
constexpr std::string_view kZ85 = "vBn[lx{q8@P<9BNH/isA";

std::string VectorField(std::string_view type, std::string_view text) {
  return fmt::format(
      R"(,"deletionVector":{{"storageType":"{}","pathOrInlineDv":"{}","offset":1,"sizeInBytes":4,"cardinality":1}})",
      type, text);
}

std::string Uri(std::string_view path) { return fmt::format("{}/{}", kOrigin, path); }
std::string Imported(std::string_view path) { return delta::ImportName(Uri(path))->text(); }

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() {
    world_.spec.tables.Edit()[0].import_roots = {std::string(kOrigin)};
    world_.Restart();
  }
  TestTable& t() { return world_.table(); }
  MemoryStore& origin() { return world_.stores.At(std::string(kOrigin)); }
  // Writes a file of the origin and returns the line by which the clone adds it.
  std::string Foreign(const std::string& path, const std::string& more = "") {
    origin().Set(path, "data of " + Uri(path));
    return t().AddAgain(Uri(path), more);
  }
  void Epoch(const std::string& run, const std::vector<std::string>& lines) {
    world_.InRun(run, [&] {
      if (t().next_ == 0) t().Create();
      t().Commit(lines, run);
    });
    const auto sent = world_.Send();
    ASSERT_THAT(sent, Succeeded());
    const auto received = world_.Receive();
    ASSERT_THAT(received, Succeeded());
    ASSERT_EQ(received->epoch, sent->epoch);
  }
  std::vector<std::string> Live() { return world_.Live(world_.target()); }
  std::vector<std::string> StagedOf(int64_t epoch) {
    return world_.Staged(fmt::format("orders/data/{:020}/t/", epoch));
  }
  // A run whose cut is refused, and nothing goes over.
  void ExpectRefused(const std::vector<std::string>& lines, ErrorCode code, const std::vector<std::string>& words) {
    world_.InRun("refused", [&] {
      if (t().next_ == 0) t().Create();
      t().Commit(lines, "refused");
    });
    const auto sent = world_.Send();
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, code);
    const std::string text = sent.error().message + " " + sent.error().where.text() + " " + sent.error().remedy;
    for (const std::string& word : words) EXPECT_THAT(text, HasSubstr(word));
    EXPECT_THAT(StagedOf(1), IsEmpty());
  }

  World world_;
};

TEST_F(ImportTest, ReplicaHoldsWhatItsTableOnlyNames) {
  Epoch("r1", {Foreign("day=1/a"), Foreign("b"), t().Add("own")});
  EXPECT_THAT(Live(), ::testing::UnorderedElementsAre(Imported("day=1/a"), Imported("b"), "own"));
  EXPECT_EQ(world_.Text(world_.target(), Imported("day=1/a")), "data of mem://west/origin/day=1/a");
  EXPECT_EQ(world_.Text(world_.target(), Imported("b")), "data of mem://west/origin/b");
  EXPECT_EQ(world_.Text(world_.target(), "own"), "data of own");
}

TEST_F(ImportTest, OriginIsOnlyRead) {
  auto wrote = [](std::string uri, StoreOperation operation, ObjectPath path) -> Task<Status> {
    const bool reads =
        operation == StoreOperation::kOpen || operation == StoreOperation::kRead || operation == StoreOperation::kGet;
    EXPECT_TRUE(reads || uri != kOrigin) << StoreOperationName(operation) << " " << uri << path.text();
    co_return Status{};
  };
  world_.stores.set_hooks({.before_effect = wrote});
  Epoch("r1", {Foreign("a")});
}

TEST_F(ImportTest, RemoveOfAnImportedFileFindsIt) {
  Epoch("r1", {Foreign("a"), Foreign("b")});
  Epoch("r2", {TestTable::Remove(Uri("a"))});
  EXPECT_THAT(Live(), ElementsAre(Imported("b")));
  // In another text of the same path, and without the root, which a remove does not read.
  world_.spec.tables.Edit()[0].import_roots.clear();
  world_.Restart();
  Epoch("r3", {TestTable::Remove("mem://west//origin/./b"), t().Add("own")});
  EXPECT_THAT(Live(), ElementsAre("own"));
}

TEST_F(ImportTest, NewVectorOnAnImportedFileSendsTheVectorAlone) {
  Epoch("r1", {Foreign("a")});
  world_.source().Set(kVectorFile, "vector");
  Epoch("r2", {TestTable::Remove(Uri("a")), t().AddAgain(Uri("a"), VectorField("u", kZ85))});
  EXPECT_THAT(Live(), ElementsAre(Imported("a") + "#" + std::string(kZ85)));
  EXPECT_EQ(world_.Text(world_.target(), std::string(kVectorFile)), "vector");
  EXPECT_EQ(world_.ManifestOf(2).tables[0].files, 1);
}

TEST_F(ImportTest, RestoreBringsAnImportedFileBack) {
  Epoch("r1", {Foreign("a"), Foreign("b")});
  Epoch("r2", {TestTable::Remove(Uri("a"))});
  // Between the two somebody vacuumed the replica.
  world_.target().objects().erase(Imported("a"));
  Epoch("r3", {t().AddAgain(Uri("a")), TestTable::Remove(Uri("b"))});
  EXPECT_THAT(Live(), ElementsAre(Imported("a")));
  EXPECT_EQ(world_.Text(world_.target(), Imported("a")), "data of mem://west/origin/a");
}

TEST_F(ImportTest, ForeignVectorsComeOnceAndAreFoundAgain) {
  origin().Set(std::string(kVectorFile), "vectors");
  const std::string shared = VectorField("p", Uri(kVectorFile));
  Epoch("r1", {Foreign("a", shared), Foreign("b", shared)});
  const std::string vector = "#" + std::string(kZ85);
  EXPECT_THAT(Live(), ::testing::UnorderedElementsAre(Imported("a") + vector, Imported("b") + vector));
  EXPECT_EQ(world_.Text(world_.target(), std::string(kVectorFile)), "vectors");
  EXPECT_EQ(world_.ManifestOf(1).tables[0].files, 3);
  Epoch("r2", {TestTable::Remove(Uri("a"), shared)});
  EXPECT_THAT(Live(), ElementsAre(Imported("b") + vector));
  Epoch("r3", {TestTable::Remove(Uri("b"), shared), t().AddAgain(Uri("b"))});
  EXPECT_THAT(Live(), ElementsAre(Imported("b")));
}

TEST_F(ImportTest, FilesOfOneNameInTwoFoldersStayTwo) {
  Epoch("r1", {Foreign("x/same"), Foreign("y/same"), t().Add("same")});
  for (const char* path : {"x/same", "y/same"}) {
    EXPECT_EQ(world_.Text(world_.target(), Imported(path)), "data of " + Uri(path));
  }
  EXPECT_EQ(world_.Text(world_.target(), "same"), "data of same");
  EXPECT_EQ(Live().size(), 3U);
}

TEST_F(ImportTest, FileOfTheTableNamedAsAnImportMeetsNone) {
  Epoch("r1", {t().Add(Imported("a"))});
  Epoch("r2", {Foreign("a")});
  EXPECT_EQ(Live().size(), 2U);
  EXPECT_EQ(world_.Text(world_.target(), Imported("a")), "data of mem://west/origin/a");
  Epoch("r3", {TestTable::Remove(Imported("a"))});
  EXPECT_THAT(Live(), ElementsAre(Imported("a"))) << "the import, not the file of the table";
}

TEST_F(ImportTest, OutsideTheRootsIsRefusedWithTheWayOut) {
  ExpectRefused({t().AddAgain("mem://west/secret/a")}, ErrorCode::kUnsupportedTable,
                {"table 't'", "mem://west/secret/a", "mem://west/t", "import_roots"});
}

TEST_F(ImportTest, VectorOutsideTheRootsIsRefusedWithTheWayOut) {
  ExpectRefused({t().Add("a", VectorField("p", "mem://west/secret/dv"))}, ErrorCode::kUnsupportedTable,
                {"table 't'", "mem://west/secret/dv", "import_roots"});
}

TEST_F(ImportTest, TraversalOutOfARootIsRefused) {
  ExpectRefused({t().AddAgain("mem://west/origin/%2e%2e/secret/a")}, ErrorCode::kInvalidArgument,
                {"table 't'", "'.' or '..'"});
}

TEST_F(ImportTest, SourceOfAnotherTableNeedsNoRoot) {
  world_.spec.tables.Edit()[0].import_roots.clear();
  world_.spec.tables.Edit()[0].group_sources =
      std::make_shared<const delta::ImportRoots>(std::vector<std::string>{"mem://west/t", std::string(kOrigin)});
  world_.Restart();
  Epoch("r1", {Foreign("a")});
  EXPECT_THAT(Live(), ElementsAre(Imported("a")));
}

TEST_F(ImportTest, OriginThatWasVacuumedIsNamed) {
  world_.InRun("r1", [&] {
    t().Create();
    t().Commit({Foreign("a")}, "r1");
  });
  origin().objects().clear();
  const auto sent = world_.Send();
  EXPECT_THAT(sent, FailedWith(ErrorCode::kSourceMovedOn, "table 't'"));
  EXPECT_EQ(sent.error().where.text(), "mem://west/origin/a");
}

TEST_F(ImportTest, WholeTableOverAReplicaFindsItsImports) {
  Epoch("r1", {Foreign("a"), Foreign("b")});
  world_.InRun("r2", [&] {
    t().Commit({TestTable::Remove(Uri("a"))}, "r2");
    t().CleanLog();
  });
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(world_.ManifestOf(2).tables[0].base_version, std::nullopt);
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(Live(), ElementsAre(Imported("b")));
}

TEST_F(ImportTest, InterruptedCopyIsTakenUpAgain) {
  world_.staging().Set("orders/data/00000000000000000001/t/" + Imported("a"), "half");
  Epoch("r1", {Foreign("a")});
  EXPECT_EQ(world_.Text(world_.target(), Imported("a")), "data of mem://west/origin/a");
}

TEST_F(ImportTest, MirrorRefusesForeignVectors) {
  world_.spec.mode = delta::ReplicationMode::kMirror;
  world_.Restart();
  origin().Set(std::string(kVectorFile), "vectors");
  ExpectRefused({t().Add("a", VectorField("p", Uri(kVectorFile)))}, ErrorCode::kUnsupportedTable,
                {"table 't'", "absolute path", "mode: clone"});
}

}  // namespace
}  // namespace lakeferry::engine
