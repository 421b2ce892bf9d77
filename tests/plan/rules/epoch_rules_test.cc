// What the parts of an epoch may hold: one record of each kind that may not be there, and the smallest epochs that may.
#include "plan/rules/epoch_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "plan/rules/record_rules.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan::epoch_rules_test {
namespace {

using delta::FailedWith;
using delta::ReplicationMode;
using delta::Succeeded;
using ::testing::HasSubstr;

using Lines = std::vector<std::string>;

constexpr std::string_view kFolder = "orders/data/00000000000000000007/t/";
// The descriptor of vd/deletion_vector_….bin, which the name below is.
constexpr std::string_view kVector =
    R"({"storageType":"u","pathOrInlineDv":"vd^-aqEH.-t@S}K{vb[*k^","offset":1,"sizeInBytes":36,"cardinality":2})";

std::string Add(std::string_view path, int64_t size = 3, std::string_view more = "") {
  return fmt::format(
      R"({{"add":{{"path":"{}","partitionValues":{{}},"size":{},"modificationTime":1,"dataChange":true{}}}}})", path,
      size, more);
}
std::string AddWithVector(std::string_view path, std::string_view vector) {
  return Add(path, 3, fmt::format(R"(,"deletionVector":{})", vector));
}
std::string Remove(std::string_view path, std::string_view more = "") {
  return fmt::format(R"({{"remove":{{"path":"{}","deletionTimestamp":1,"dataChange":true{}}}}})", path, more);
}
std::string FileLine(std::string_view path, int64_t size = 3, std::string_view staged = "",
                     std::string_view kind = "file", std::string_view more = "") {
  const std::string from = staged.empty() ? fmt::format("{}{}", kFolder, path) : std::string(staged);
  return fmt::format(R"({{"{}":{{{}"path":"{}","size":{},"crc64":"00000000000000ff","staged":"{}"}}}})", kind, more,
                     path, size, from);
}
std::string Present(std::string_view path, int64_t size = 3) {
  return fmt::format(R"({{"present":{{"path":"{}","size":{}}}}})", path, size);
}
std::string Commit(int64_t version, std::string_view path = "", std::string_view staged = "") {
  const std::string name = path.empty() ? fmt::format("_delta_log/{:020}.json", version) : std::string(path);
  return FileLine(name, 3, staged, "commit", fmt::format(R"("version":{},)", version));
}
std::string LogFile(std::string_view path, std::string_view staged = "") {
  return FileLine(path, 3, staged, "logFile");
}

constexpr int64_t kHuge = std::numeric_limits<int64_t>::max() - 1;
const std::string kProtocol = R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})";
const std::string kMetadata =
    R"({"metaData":{"id":"i","format":{"provider":"parquet","options":{}},"schemaString":"s","partitionColumns":[],)"
    R"("configuration":{}}})";

// The counts of the manifest, as its sender would have them.
class Counter final : public PartSink {
 public:
  explicit Counter(ManifestTable* table) : table_(table) {}
  Status OnAdd(delta::AddFile&&) override { return Note(&table_->adds, 0); }
  Status OnRemove(delta::RemoveFile&&) override { return Note(&table_->removes, 0); }
  Status OnFile(StagedFile&& file) override { return Note(&table_->files, file.size); }
  Status OnCommit(StagedCommit&& commit) override { return Note(&table_->adds, commit.file.size); }
  Status OnLogFile(StagedFile&& file) override { return Note(&ignored_, file.size); }

 private:
  Status Note(int64_t* count, int64_t size) {
    ++*count;
    table_->bytes += std::min(size, int64_t{1} << 40);
    return {};
  }
  ManifestTable* table_;
  int64_t ignored_ = 0;
};

// Epoch 7 of the group "orders", whose table t goes from version 3 to 5.
class EpochRulesTest : public ::testing::Test {
 protected:
  EpochRulesTest() {
    manifest_.group = "orders";
    manifest_.epoch = Epoch(7);
    manifest_.tables.push_back(
        {.name = "t", .source_version = Version(5), .base_version = Version(3), .checkpoint_version = {}, .parts = {}});
  }
  ManifestTable& table() { return manifest_.tables[0]; }
  void Mirror() { manifest_.mode = ReplicationMode::kMirror; }

  Status Feed(EpochRules& rules, const std::vector<Lines>& parts) {
    for (size_t i = 0; i < parts.size(); ++i) {
      std::string text;
      for (const std::string& line : parts[i]) text += line + "\n";
      const std::string name = fmt::format("part{}", i);
      rules.NextPart(name);
      LF_TRY_OK(ReadPart(text, name, rules));
    }
    return rules.Finish();
  }
  Status JudgeParts(const std::vector<Lines>& parts) {
    ManifestTable counted = table();
    Counter counter(&counted);
    for (const Lines& part : parts) {
      for (const std::string& line : part) LF_TRY_OK(ReadPart(line + "\n", "counted", counter));
    }
    std::swap(counted, table());
    EpochRules rules(manifest_, table(), 42);
    Status found = Feed(rules, parts);
    if (found && rules.LacksObjects()) {
      rules.LookForMissing();
      found = Feed(rules, parts);
    }
    needs_ = rules.needs();
    std::swap(counted, table());
    return found;
  }
  Status Judge(const Lines& lines) { return JudgeParts({lines}); }

  Manifest manifest_;
  EpochNeeds needs_;
};

TEST_F(EpochRulesTest, WhatASenderWritesOfACloneIsGood) {
  EXPECT_THAT(JudgeParts({}), Succeeded());
  EXPECT_THAT(
      Judge({kProtocol, kMetadata, R"({"domainMetadata":{"domain":"d","configuration":"","removed":false}})",
             R"({"txn":{"appId":"a","version":1}})", R"({"txn":{"appId":"b","version":1}})", Remove("old"),
             Remove("f2", fmt::format(R"(,"deletionVector":{})", kVector)),
             Add("f1", 3, R"(,"defaultRowCommitVersion":4)"), AddWithVector("f3", kVector), Add("p=a%20b/f3"),
             Add("at/base", 9), FileLine("f1"), FileLine("f3"), FileLine("p=a b/f3"),
             FileLine("vd/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin", 40), Present("at/base", 9)}),
      Succeeded());
  EXPECT_EQ(needs_, (EpochNeeds{.protocol = true, .metadata = true, .newest_row_commit = 4}));
}

// As FileLine, of what the sender has placed itself.
std::string PlacedLine(std::string_view path, std::string_view kind = "file", std::string_view more = "") {
  return fmt::format(R"({{"{}":{{{}"path":"{}","size":3,"crc64":"00000000000000ff"}}}})", kind, more, path);
}

TEST_F(EpochRulesTest, OnlyATableThatIsDirectHasFilesWithoutAStagedObject) {
  EXPECT_THAT(Judge({Add("f1"), PlacedLine("f1")}),
              FailedWith(ErrorCode::kCorruptData, "nothing is staged of f1, and the sender places no such object"));
  table().direct = true;
  EXPECT_THAT(Judge({Add("f1"), Add("f2"), PlacedLine("f1"), FileLine("f2")}), Succeeded());
  EXPECT_THAT(Judge({PlacedLine("_delta_log/00000000000000000006.json")}),
              FailedWith(ErrorCode::kCorruptData, "placed in the log"));
  EXPECT_THAT(Judge({PlacedLine("f1")}), FailedWith(ErrorCode::kCorruptData, "f1"));
}

TEST_F(EpochRulesTest, RecordsMayStandInAsManyPartsAsTheyTake) {
  EXPECT_THAT(
      JudgeParts({{kProtocol, kMetadata}, {Remove("a")}, {Add("b")}, {Add("c")}, {FileLine("b")}, {FileLine("c")}}),
      Succeeded());
}

// One file that has had two vectors is two logical files, and is said to be there for each.
TEST_F(EpochRulesTest, FileMayBeNamedOncePerVector) {
  EXPECT_THAT(Judge({Remove("f"),
                     AddWithVector("f", R"({"storageType":"i","pathOrInlineDv":"abc","sizeInBytes":1,)"
                                        R"("cardinality":1})"),
                     AddWithVector("f", kVector), Present("f"), Present("f"),
                     FileLine("vd/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin")}),
              Succeeded());
  EXPECT_THAT(Judge({Add("f", 3,
                         R"(,"deletionVector":{"storageType":"i","pathOrInlineDv":"abc","sizeInBytes":1,)"
                         R"("cardinality":1})"),
                     Add("f", 4), FileLine("f")}),
              Succeeded())
      << "two sizes of one object: which of them is right is not known";
}

TEST_F(EpochRulesTest, TwoTextsOfOnePathAreTwoFilesOfOneObject) {
  EXPECT_THAT(Judge({Add("%41"), Add("A"), FileLine("A")}), Succeeded());
}

struct Case {
  std::string name;
  Lines lines;
  std::string error;
};

std::vector<Case> HostileCloneRecords() {
  const std::string uri = R"(,"deletionVector":{"storageType":"p","pathOrInlineDv":"file:///v","sizeInBytes":1,)"
                          R"("cardinality":1})";
  const std::string in_log = R"({"storageType":"u","pathOrInlineDv":"_delta_logvBn[lx{q8@P<9BNH/isA","sizeInBytes":1,)"
                             R"("cardinality":1})";
  return {
      {"AddOfAnotherFileSystem", {Add("file:///etc/passwd")}, "by the absolute path file%3A%2F%2F%2Fetc%2Fpasswd"},
      {"AddOfAnAbsolutePath", {Add("/b/x")}, "outside of the table"},
      {"AddOfAStore", {Add("s3://b/x")}, "outside of the table"},
      {"AddOfTheTableBeside", {Add("../b/x.parquet"), FileLine("b/x.parquet")}, "names no file of the table"},
      {"AddThatHidesItsWayOut", {Add("%2E%2E/b/x")}, "names no file of the table"},
      {"AddInTheLog", {Add("_delta_log/x.parquet")}, "an object of the log"},
      {"AddOfAFolder", {Add("p=1/")}, "normal form"},
      {"AddInAnotherForm", {Add("a//b"), FileLine("a/b")}, "normal form"},
      {"AddUnderANameOfTheClone",
       {Add("reused/0000000000000000-0000000000000000-3/f"), FileLine("reused/0000000000000000-0000000000000000-3/f")},
       "only the replica gives"},
      {"AddThatNobodyBrought", {Add("f1"), Add("f2"), FileLine("f1")}, "neither brings nor says to be there: f2"},
      {"AddThatNobodyBroughtBehindOneWithAVector",
       {AddWithVector("f1", kVector), Add("f2"), FileLine("f1"),
        FileLine("vd/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin", 40)},
       "neither brings nor says to be there: f2"},
      {"AddTwice", {Add("f1"), Add("f1"), FileLine("f1")}, "named by two actions"},
      {"AddTwiceByOneKey", {Add("a%2fb"), Add("a%2Fb"), FileLine("a/b")}, "normal form"},
      {"AddAndRemove", {Remove("f1"), Add("f1"), FileLine("f1")}, "named by two actions"},
      {"AddOfAnotherSize", {Add("f1", 4), FileLine("f1")}, "another size"},
      {"AddOfAPresentFileOfAnotherSize", {Add("f1", 4), Present("f1")}, "another size"},
      {"VectorElsewhere", {Add("f1", 3, uri), FileLine("f1")}, "deletion vector lies outside its table"},
      {"VectorInTheLog", {AddWithVector("f1", in_log), FileLine("f1")}, "a deletion vector lies in the log"},
      {"VectorThatNobodyBrought",
       {AddWithVector("f1", kVector), FileLine("f1")},
       "names a deletion vector that the epoch"},
      {"VectorOfNoForm",
       {Add("f1", 3, R"(,"deletionVector":{"storageType":"u","pathOrInlineDv":"x","sizeInBytes":1,"cardinality":1})")},
       "names no file"},
      {"RemoveOfAnAbsolutePath", {Remove("file:///x")}, "a remove names a file outside of the table"},
      {"RemoveOfTheTableBeside", {Remove("../x")}, "a remove names no file of the table"},
      {"RemoveInTheLog", {Remove("_delta_log/00000000000000000000.json")}, "an object of the log"},
      {"RemoveTwice", {Remove("x"), Remove("x")}, "named by two actions"},
      {"RemoveOfAVectorElsewhere", {Remove("x", uri)}, "a deletion vector outside of the table"},
      {"FileThatNoAddNames", {Add("f1"), FileLine("f1"), FileLine("f2")}, "that no add names: f2"},
      {"ChecksumBesideAFile", {Add("f1"), FileLine("f1"), FileLine(".f1.crc")}, "that no add names"},
      {"FileTwice", {Add("f1"), FileLine("f1"), FileLine("f1")}, "an object is brought twice: f1"},
      {"FileInTheLog", {Add("f1"), FileLine("_delta_log/f1")}, "to be placed in the log"},
      {"FileOfTheLogItself", {Add("f1"), FileLine("_delta_log")}, "to be placed in the log"},
      {"FileOutside", {Add("f1"), FileLine("../f1")}, "leaves its root"},
      {"FileOfAnotherGroup",
       {Add("f1"), FileLine("f1", 3, "sales/data/00000000000000000007/t/f1")},
       "not below orders"},
      {"FileOfAnotherEpoch",
       {Add("f1"), FileLine("f1", 3, "orders/data/00000000000000000006/t/f1")},
       "not below orders"},
      {"FileOfAnotherTable",
       {Add("f1"), FileLine("f1", 3, "orders/data/00000000000000000007/u/f1")},
       "not below orders"},
      {"FileOfATableWhoseNameBeginsSo",
       {Add("f1"), FileLine("f1", 3, "orders/data/00000000000000000007/t2/f1")},
       "not below orders"},
      {"ManifestAsAFile",
       {Add("f1"), FileLine("f1", 3, "orders/epochs/00000000000000000007/manifest")},
       "not below orders"},
      {"FolderAsAFile", {Add("f1"), FileLine("f1", 3, "orders/data/00000000000000000007/t")}, "not below orders"},
      {"PresentThatNoAddNames", {Present("f1")}, "that no add names"},
      {"PresentInTheLog", {Present("_delta_log/00000000000000000000.json")}, "an object of the log"},
      {"ActionBehindFiles", {Add("f1"), FileLine("f1"), Remove("x")}, "behind those that come after its kind"},
      {"ShapeBehindActions", {Remove("x"), kMetadata}, "behind those that come after its kind"},
      {"SecondProtocol", {kProtocol, kProtocol}, "a second protocol"},
      {"SecondMetadata", {kMetadata, kMetadata}, "a second metaData"},
      {"SecondTxn",
       {R"({"txn":{"appId":"a","version":1}})", R"({"txn":{"appId":"a","version":2}})"},
       "a second txn of a"},
      {"SecondDomain",
       {R"({"domainMetadata":{"domain":"d","configuration":"","removed":false}})",
        R"({"domainMetadata":{"domain":"d","configuration":"x","removed":false}})"},
       "a second domainMetadata of d"},
      {"ProtocolOfTheFuture", {R"({"protocol":{"minReaderVersion":9,"minWriterVersion":9}})"}, "is not known"},
      {"UnknownFeature",
       {R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["x"],"writerFeatures":["x"]}})"},
       "table feature 'x'"},
      {"CatalogManaged",
       {kProtocol,
        R"({"metaData":{"id":"i","format":{"provider":"parquet","options":{}},"partitionColumns":[],"configuration":)"
        R"({"delta.coordinatedCommits.commitCoordinator-preview":"x"}}})"},
       "cannot be replicated"},
      {"ChangeFile",
       {R"({"cdc":{"path":"c","partitionValues":{},"size":1,"dataChange":false}})"},
       "holds a change file"},
      {"CommitInfo", {R"({"commitInfo":{"timestamp":1}})"}, "holds a commitInfo"},
      {"CommitOfAMirror", {Commit(4)}, "a part of a clone holds an object of the log"},
      {"LogFileOfAMirror", {LogFile("_delta_log/_last_checkpoint")}, "a part of a clone holds an object of the log"},
      {"SizesWithoutASum",
       {Add("f1", 9'000'000'000'000'000'000), Add("f2", 9'000'000'000'000'000'000),
        FileLine("f1", 9'000'000'000'000'000'000), FileLine("f2", 9'000'000'000'000'000'000)},
       "come to no number"},
  };
}

TEST_F(EpochRulesTest, HostileRecordsOfACloneAreRefusedEachByName) {
  for (const Case& one : HostileCloneRecords()) {
    const Status found = Judge(one.lines);
    ASSERT_FALSE(found) << one.name;
    EXPECT_THAT(ToString(found.error()), HasSubstr(one.error)) << one.name;
  }
}

TEST_F(EpochRulesTest, ErrorNamesPartAndRecord) {
  EXPECT_THAT(JudgeParts({{kProtocol, kMetadata}, {Add("f0"), Add("../x")}}),
              FailedWith(ErrorCode::kCorruptData, "(part1, record 2)"));
  EXPECT_THAT(JudgeParts({{kProtocol, kMetadata}, {Add("f0"), Add("lost")}, {FileLine("f0")}}),
              FailedWith(ErrorCode::kCorruptData, "(part1, record 2)"))
      << "one that is only known to be wrong at the end";
}

TEST_F(EpochRulesTest, ShapeStandsInTheFirstPartWhereTheReceiverLooksForIt) {
  EXPECT_THAT(JudgeParts({{kProtocol}, {kMetadata}}), FailedWith(ErrorCode::kCorruptData, "behind the first part"));
}

TEST_F(EpochRulesTest, WhatIsOfTheTableAsAWholeComesFirst) {
  constexpr auto kDomain = R"({"domainMetadata":{"domain":"d","removed":false,"configuration":""}})";
  constexpr auto kApplication = R"({"txn":{"appId":"loader","version":1}})";
  for (const std::string& record :
       {std::string(kProtocol), std::string(kMetadata), std::string(kDomain), std::string(kApplication)}) {
    EXPECT_THAT(Judge({Remove("x"), record}), FailedWith(ErrorCode::kCorruptData, "stands behind")) << record;
  }
}

TEST_F(EpochRulesTest, InCommitTimestampsAreWhatProtocolAndMetadataSay) {
  table().in_commit_timestamps = true;
  EXPECT_THAT(Judge({kProtocol, kMetadata}), FailedWith(ErrorCode::kCorruptData, "in-commit timestamps"));
  EXPECT_THAT(Judge({Remove("x")}), Succeeded()) << "where they do not change, the replica has them";
}

// A line that is read may be 16 MiB long; the commit adds to it.
TEST_F(EpochRulesTest, LinesLeaveRoomForWhatTheCommitAdds) {
  const std::string near(delta::kPartLineBytesMax - 10, 'x');
  const std::string below(delta::kPartLineBytesMax - 5'000, 'x');
  const auto stats = [](const std::string& text) { return Add("f", 3, R"(,"stats":")" + text + "\""); };
  EXPECT_THAT(Judge({stats(near), FileLine("f")}), FailedWith(ErrorCode::kCorruptData, "leaves no room"));
  EXPECT_THAT(Judge({stats(below), FileLine("f")}), Succeeded());
  const auto domain = [](const std::string& text) {
    return R"({"domainMetadata":{"domain":"d","removed":false,"configuration":")" + text + "\"}}";
  };
  EXPECT_THAT(Judge({domain(near)}), FailedWith(ErrorCode::kCorruptData, "the line of a domainMetadata"));
  EXPECT_THAT(Judge({R"({"txn":{"version":1,"appId":")" + near + "\"}}"}),
              FailedWith(ErrorCode::kCorruptData, "the line of a txn"));
  EXPECT_THAT(Judge({Remove("x", R"(,"stats":")" + near + "\"")}),
              FailedWith(ErrorCode::kCorruptData, "the line of a remove"));
  std::string metadata = kMetadata;
  metadata.replace(metadata.find(R"("s",)"), 3, "\"" + near + "\"");
  EXPECT_THAT(Judge({metadata}), FailedWith(ErrorCode::kCorruptData, "the line of a metaData"));
}

// What is read as it is written may take more room when it is written as a text.
TEST_F(EpochRulesTest, LineCountsAsItWillBeWritten) {
  std::string stats = "{";
  // Four of eight characters are quotes, and get a backslash.
  while (stats.size() * 3 / 2 < delta::kLineBytesMax - 30'000) stats += R"("a":"b",)";
  stats += R"("a":"b"})";
  EXPECT_THAT(Judge({Add("f", 3, R"(,"stats":)" + stats), FileLine("f")}),
              FailedWith(ErrorCode::kCorruptData, "the line of an add"));
}

TEST_F(EpochRulesTest, MapsLeaveRoomForWhatTheCommitAdds) {
  std::string properties;
  for (size_t i = 0; i < (size_t{1} << 18) - 10; ++i) properties += fmt::format(R"({}"p{}":"")", i == 0 ? "" : ",", i);
  std::string metadata = kMetadata;
  metadata.replace(metadata.find("{}}}"), 2, "{" + properties + "}");
  EXPECT_THAT(Judge({metadata}), FailedWith(ErrorCode::kCorruptData, "entries in 'configuration'"));
  std::string features = R"("x")";
  for (size_t i = 1; i < (size_t{1} << 18) - 10; ++i) features += R"(,"x")";
  EXPECT_THAT(
      Judge({R"({"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":[)" + features + "]}}"}),
      FailedWith(ErrorCode::kCorruptData, "entries in 'features'"));
}

// Where the reader asks for signatures, what parts bind is bound by more than a CRC.
TEST_F(EpochRulesTest, ObjectsWithoutASha256AreRefusedWhereItIsAskedFor) {
  const std::string digest = "\"sha256\":\"" + std::string(64, 'a') + "\",";
  EpochRules rules(manifest_, table(), 42);
  rules.AskForSha256();
  rules.NextPart("part");
  const std::string good = Add("f") + "\n" + Add("g") + "\n" + FileLine("f", 3, "", "file", digest);
  EXPECT_THAT(ReadPart(good, "part", rules), Succeeded());
  EXPECT_THAT(ReadPart(FileLine("g"), "part", rules), FailedWith(ErrorCode::kCorruptData, "of g has no SHA-256"));
}

TEST_F(EpochRulesTest, CountsAreThoseOfTheParts) {
  const Lines lines = {Remove("old"), Add("f1"), FileLine("f1")};
  const ManifestTable right = {.name = "t",
                               .source_version = Version(5),
                               .base_version = Version(3),
                               .adds = 1,
                               .removes = 1,
                               .files = 1,
                               .bytes = 3,
                               .parts = {}};
  const auto judge = [&](const ManifestTable& table) {
    EpochRules rules(manifest_, table, 1);
    return Feed(rules, {lines});
  };
  EXPECT_THAT(judge(right), Succeeded());
  for (const auto count :
       {&ManifestTable::adds, &ManifestTable::removes, &ManifestTable::files, &ManifestTable::bytes}) {
    ManifestTable wrong = right;
    ++(wrong.*count);
    EXPECT_THAT(judge(wrong), FailedWith(ErrorCode::kCorruptData, "the manifest tells of"));
  }
}

class MirrorRulesTest : public EpochRulesTest {
 protected:
  MirrorRulesTest() { Mirror(); }
};

TEST_F(MirrorRulesTest, WhatASenderWritesIsGood) {
  EXPECT_THAT(
      Judge({FileLine("f1"), FileLine("f2"), Present("f0"), Present("f1"), Commit(4), Commit(5),
             LogFile("_delta_log/_sidecars/s.parquet"), LogFile("_delta_log/00000000000000000005.checkpoint.parquet"),
             LogFile("_delta_log/_last_checkpoint")}),
      Succeeded());
  table().base_version.reset();
  EXPECT_THAT(Judge({Commit(0), Commit(1), Commit(2), Commit(3), Commit(4), Commit(5)}), Succeeded());
  EXPECT_THAT(Judge({Commit(4), Commit(5), LogFile("_delta_log/00000000000000000004.checkpoint.parquet")}),
              Succeeded());
  table().base_version = Version(5);
  EXPECT_THAT(Judge({LogFile("_delta_log/00000000000000000005.checkpoint.parquet")}), Succeeded())
      << "the checkpoint of a version that went over before";
}

TEST_F(MirrorRulesTest, ObjectsOfTheLogAreStagedInAnyCase) {
  table().direct = true;
  EXPECT_THAT(Judge({PlacedLine("f1"), Commit(4), Commit(5)}), Succeeded());
  EXPECT_THAT(Judge({Commit(4), PlacedLine("_delta_log/00000000000000000005.json", "commit", R"("version":5,)")}),
              FailedWith(ErrorCode::kCorruptData, "nothing is staged of"));
  EXPECT_THAT(Judge({Commit(4), Commit(5), PlacedLine("_delta_log/_last_checkpoint", "logFile")}),
              FailedWith(ErrorCode::kCorruptData, "nothing is staged of"));
}

TEST_F(MirrorRulesTest, ObjectsOfTheLogWithoutASha256AreRefusedToo) {
  for (const std::string& line : {Commit(4), LogFile("_delta_log/00000000000000000005.checkpoint.parquet")}) {
    EpochRules rules(manifest_, table(), 42);
    rules.AskForSha256();
    rules.NextPart("part");
    EXPECT_THAT(ReadPart(line, "part", rules), FailedWith(ErrorCode::kCorruptData, "has no SHA-256")) << line;
  }
}

std::vector<Case> HostileMirrorRecords() {
  const std::string checkpoint = "_delta_log/00000000000000000005.checkpoint.parquet";
  const auto with = [](const std::string& line) { return Lines{Commit(4), Commit(5), line}; };
  return {
      {"CommitUnderAnotherName", {Commit(4), Commit(5, "_delta_log/other.json")}, "under another name"},
      {"CommitUnderTheNextName", {Commit(4), Commit(5, "_delta_log/00000000000000000006.json")}, "under another name"},
      {"CommitOutsideOfTheLog", {Commit(4), Commit(5, "00000000000000000005.json")}, "under another name"},
      {"CommitOfAnotherGroup", {Commit(4), Commit(5, "", "sales/data/00000000000000000007/t/x")}, "not below orders"},
      {"HoleBetweenCommits", {Commit(5)}, "begin with version 5, and 4 comes next"},
      {"CommitTwice", {Commit(4), Commit(4), Commit(5)}, "the commit of version 4 follows that of version 4"},
      {"CommitsTooFew", {Commit(4)}, "do not end with version 5"},
      {"NoCommit", {}, "do not end with version 5"},
      {"CommitBeyondTheCut", {Commit(4), Commit(5), Commit(6)}, "do not end with version 5"},
      {"CommitOfTheBase", {Commit(3), Commit(4), Commit(5)}, "begin with version 3, and 4 comes next"},
      {"LogFileNamedAsACommit", with(LogFile("_delta_log/00000000000000000005.json")), "is no checkpoint up to"},
      {"LogFileNamedAsAFutureCommit", with(LogFile("_delta_log/00000000000000000006.json")), "is no checkpoint up to"},
      {"CheckpointOfTheFuture", with(LogFile("_delta_log/00000000000000000006.checkpoint.parquet")),
       "is no checkpoint up to version 5"},
      {"Checksum", with(LogFile("_delta_log/00000000000000000005.crc")), "is no checkpoint up to"},
      {"CompactedCommits", with(LogFile("_delta_log/00000000000000000004.00000000000000000005.compacted.json")),
       "is no checkpoint up to"},
      {"HadoopChecksum", with(LogFile("_delta_log/.00000000000000000006.json.crc")), "is no checkpoint up to"},
      {"LogFileOutside", with(LogFile("00000000000000000005.checkpoint.parquet")), "is no checkpoint up to"},
      {"LogFileInThePlaceOfTheLog", with(LogFile("_delta_log")), "is no checkpoint up to"},
      {"LogFileInThePlaceOfTheSidecars", with(LogFile("_delta_log/_sidecars")), "is no checkpoint up to"},
      {"HintThatIsNoHint", with(FileLine("_delta_log/_last_checkpoint", (int64_t{16} << 20) + 1, "", "logFile")),
       "is no checkpoint up to"},
      {"LogFileInAFolder", with(LogFile("_delta_log/x/_last_checkpoint")), "is no checkpoint up to"},
      {"LogFileOfAnotherGroup", with(LogFile(checkpoint, "sales/data/00000000000000000007/t/x")), "not below orders"},
      {"LogFileTwice", {Commit(4), Commit(5), LogFile(checkpoint), LogFile(checkpoint)}, "brought twice"},
      {"SizesOfCommitsWithoutASum",
       {Commit(4), FileLine("_delta_log/00000000000000000005.json", kHuge, "", "commit", R"("version":5,)"),
        LogFile("_delta_log/_last_checkpoint")},
       "come to no number"},
      {"SizesOfLogFilesWithoutASum", with(FileLine("_delta_log/_sidecars/s", kHuge, "", "logFile")),
       "come to no number"},
      {"CommitBehindLogFiles", {Commit(4), LogFile(checkpoint), Commit(5)}, "behind other files of the log"},
      {"FileInTheLog", {FileLine("_delta_log/00000000000000000006.json"), Commit(4), Commit(5)}, "placed in the log"},
      {"FileOfAnotherGroup",
       {FileLine("f1", 3, "sales/data/00000000000000000007/t/f1"), Commit(4), Commit(5)},
       "not below orders"},
      {"FileTwice", {FileLine("f1"), FileLine("f1"), Commit(4), Commit(5)}, "brought twice"},
      {"PresentBehindCommits", {Commit(4), Commit(5), Present("f1")}, "behind those that come after its kind"},
      {"FileBehindCommits", {Commit(4), Commit(5), FileLine("f1")}, "behind those that come after its kind"},
      {"AddOfAClone", {Add("f1"), FileLine("f1"), Commit(4), Commit(5)}, "a part of a mirror holds an action"},
      {"RemoveOfAClone", {Remove("f1"), Commit(4), Commit(5)}, "a part of a mirror holds an action"},
      {"MetadataOfAClone", {kMetadata, Commit(4), Commit(5)}, "a part of a mirror holds an action"},
      {"TxnOfAClone", {R"({"txn":{"appId":"a","version":1}})"}, "a part of a mirror holds an action"},
  };
}

TEST_F(MirrorRulesTest, HostileRecordsAreRefusedEachByName) {
  for (const Case& one : HostileMirrorRecords()) {
    const Status found = Judge(one.lines);
    ASSERT_FALSE(found) << one.name;
    EXPECT_THAT(ToString(found.error()), HasSubstr(one.error)) << one.name;
  }
}

TEST_F(MirrorRulesTest, WholeTableBeginsWithVersion0OrACheckpoint) {
  table().base_version.reset();
  EXPECT_THAT(Judge({Commit(4), Commit(5)}), FailedWith(ErrorCode::kCorruptData, "begin with version 4, and 0"));
  EXPECT_THAT(Judge({Commit(4), Commit(5), LogFile("_delta_log/00000000000000000005.checkpoint.parquet")}),
              FailedWith(ErrorCode::kCorruptData, "begin with version 4, and 0"));
}

TEST(MirrorRecordsTest, CommitsNameWhatLiesInTheTable) {
  const std::optional<delta::DeletionVector> inside =
      delta::DeletionVector{.storage_type = "u", .path_or_inline_dv = "vd^-aqEH.-t@S}K{vb[*k^", .offset = {}};
  const std::optional<delta::DeletionVector> outside =
      delta::DeletionVector{.storage_type = "p", .path_or_inline_dv = "file:///v", .offset = {}};
  for (const auto* good : {"f", "p=1/f%20g", "a/../b", "a//b"}) {
    EXPECT_THAT(CheckMirrorFile(good, inside), Succeeded()) << good;
    EXPECT_THAT(CheckMirrorRemove({.path = good}), Succeeded()) << good;
  }
  EXPECT_THAT(CheckMirrorFile("f", outside), FailedWith(ErrorCode::kCorruptData, "a deletion vector"));
  for (const auto* bad : {"file:///f", "/f", "../f", "a/../../f"}) {
    EXPECT_THAT(CheckMirrorFile(bad, std::nullopt), FailedWith(ErrorCode::kCorruptData, "")) << bad;
    EXPECT_THAT(CheckMirrorRemove({.path = bad}), FailedWith(ErrorCode::kCorruptData, "")) << bad;
  }
  for (const auto* bad : {"_delta_log/f", "%2E%2E/f", "p/"}) {
    EXPECT_THAT(CheckMirrorFile(bad, std::nullopt), FailedWith(ErrorCode::kCorruptData, "")) << bad;
  }
}

TEST(CheckTablesTest, TablesAreThereOnceAndDoNotGoBack) {
  Manifest manifest{.epoch = Epoch(2)};
  manifest.tables.push_back({.name = "t",
                             .source_version = Version(5),
                             .base_version = Version(5),
                             .checkpoint_version = {},
                             .marked_epoch = Epoch(1),
                             .parts = {}});
  EXPECT_THAT(CheckTables(manifest), Succeeded());
  Manifest twice = manifest;
  twice.tables.push_back(manifest.tables[0]);
  EXPECT_THAT(CheckTables(twice), FailedWith(ErrorCode::kCorruptData, "twice in the manifest"));
  Manifest back = manifest;
  back.tables[0].source_version = Version(4);
  back.tables[0].marked_epoch = Epoch(2);
  EXPECT_THAT(CheckTables(back), FailedWith(ErrorCode::kCorruptData, "ends before the version"));
}

TEST(CheckTablesTest, UnchangedTableBringsNothingButAMirrorsCheckpoint) {
  Manifest manifest{.epoch = Epoch(2)};
  manifest.tables.push_back({.name = "t",
                             .source_version = Version(5),
                             .base_version = Version(5),
                             .checkpoint_version = {},
                             .marked_epoch = Epoch(1),
                             .parts = {{.sha256 = "x", .bytes = 1, .lines = 1}}});
  EXPECT_THAT(CheckTables(manifest), FailedWith(ErrorCode::kCorruptData, "has not changed, and brings a change"));
  manifest.mode = ReplicationMode::kMirror;
  EXPECT_THAT(CheckTables(manifest), Succeeded());
  for (const auto count : {&ManifestTable::adds, &ManifestTable::removes, &ManifestTable::files}) {
    Manifest changed = manifest;
    changed.tables[0].*count = 1;
    EXPECT_THAT(CheckTables(changed), FailedWith(ErrorCode::kCorruptData, "brings a change"));
  }
}

// A manifest that tells otherwise would make its receiver doubt what it has applied.
TEST(CheckTablesTest, MarkerIsThatOfTheEpochThatChangedTheTable) {
  const auto with = [](std::optional<Version> base, int64_t marked) {
    Manifest manifest{.epoch = Epoch(7)};
    manifest.tables.push_back({.name = "t",
                               .source_version = Version(5),
                               .base_version = base,
                               .checkpoint_version = {},
                               .marked_epoch = Epoch(marked),
                               .parts = {}});
    return CheckTables(manifest);
  };
  for (const auto changed : {std::optional<Version>(), std::optional(Version(4))}) {
    EXPECT_THAT(with(changed, 7), Succeeded());
    for (const int64_t marked : {0, 6, 8}) {
      EXPECT_THAT(with(changed, marked), FailedWith(ErrorCode::kCorruptData, "a marker that it cannot have")) << marked;
    }
  }
  for (const int64_t marked : {1, 6}) EXPECT_THAT(with(Version(5), marked), Succeeded()) << marked;
  for (const int64_t marked : {0, 7, 8}) {
    EXPECT_THAT(with(Version(5), marked), FailedWith(ErrorCode::kCorruptData, "a marker that it cannot have"))
        << marked;
  }
}

}  // namespace
}  // namespace lakeferry::plan::epoch_rules_test
